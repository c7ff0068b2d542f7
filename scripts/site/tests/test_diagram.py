import os
import sys
import unittest
import xml.etree.ElementTree as etree

sys.path.insert(0, os.path.join(os.path.dirname(__file__), ".."))
import diagram

TALK = """sequenceDiagram
    participant C as client<br/>127.0.0.1:50001
    participant S as server
    %% and now they talk
    Note over C,S: connected
    C->>S: "a < b"
    S-->>C: end
    C-xS: lost one
"""


def classes(svg):
    return [g.get("class") for g in etree.fromstring(svg).iter("g")]


class Sequence(unittest.TestCase):
    def test_draws_ends_notes_and_messages_in_order(self):
        self.assertEqual(
            classes(diagram.sequence(TALK)),
            ["end client", "end server", "note", "message client", "message server dashed", "message client"],
        )

    def test_is_a_picture_with_a_title_in_words(self):
        svg = etree.fromstring(diagram.sequence(TALK))
        self.assertEqual(svg.get("role"), "img")
        self.assertEqual(
            svg.find("title").text,
            'In this order: connected; client to server: "a < b"; server to client: end; '
            "client to server: lost one, lost on the way",
        )

    def test_a_break_makes_a_second_line(self):
        texts = [t.text for t in etree.fromstring(diagram.sequence(TALK)).iter("text")]
        self.assertEqual(texts[:3], ["client", "127.0.0.1:50001", "server"])

    def test_has_no_colours_and_no_scripts_of_its_own(self):
        for word in ("fill=", "stroke=", "style", "<script"):
            self.assertNotIn(word, diagram.sequence(TALK))

    def test_long_messages_have_room(self):
        for text in ("short", "x" * 80):
            svg = etree.fromstring(diagram.sequence(
                "sequenceDiagram\nparticipant A\nparticipant B\nA->>B: " + text))
            line = svg.find(".//path[@class='line']").get("d")
            start, end = line[1:].split("L")
            across = float(end.split()[0]) - float(start.split()[0])
            self.assertGreater(across, len(text) * diagram.LETTER)

    def test_notes_stay_inside(self):
        svg = etree.fromstring(diagram.sequence(
            "sequenceDiagram\nparticipant A\nparticipant B\nNote over A: " + "x" * 60))
        rect = svg.find(".//g[@class='note']/rect")
        self.assertGreaterEqual(float(rect.get("x")), 0)
        self.assertLessEqual(float(rect.get("x")) + float(rect.get("width")), float(svg.get("width")))

    def test_what_it_cannot_draw_is_an_error(self):
        two = "sequenceDiagram\nparticipant A\nparticipant B\n"
        for bad, why in [
            ("", "first line"),
            ("flowchart LR\nA-->B", "first line"),
            ("sequenceDiagram\nparticipant A", "nothing happens"),
            (two + "A->>B", "cannot draw"),
            (two + "loop every minute\nA->>B: hello\nend", "cannot draw"),
            (two + "A->>C: hello", "C is no participant"),
            (two + "Note over C: hello", "C is no participant"),
            (two + "Note left of A: hello", "cannot draw"),
            (two + "A->>A: hello", "oneself"),
        ]:
            with self.subTest(bad), self.assertRaisesRegex(ValueError, why):
                diagram.sequence(bad)


if __name__ == "__main__":
    unittest.main()
