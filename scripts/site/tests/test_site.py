"""Builds small courses with the project's own mkdocs.yml, and looks at them.

What --strict makes of a warning is mkdocs's business; here it must fail.
"""
import logging
import os
import re
from html import unescape
import shutil
import tempfile
import unittest

from mkdocs.commands.build import build
from mkdocs.config import load_config
from mkdocs.exceptions import MkDocsException

ROOT = os.path.abspath(os.path.join(os.path.dirname(__file__), "..", "..", ".."))

COURSE = {
    "README.md": """# Both Ends

*A socket is one end.*

## The course

**1. Two programs talk.** Messages.

- [01 · one](01-one/README.md): How?
- [02 · two](02-two/README.md): And how?

**2. Finding each other.** Later.

That was it.
""",
    "start.md": "# Where to start\n\n## Go\n\n[One](01-one/README.md), [its run](01-one/README.md#run)\n",
    "errors.md": "# Errors\n\nSee [facts](facts_test.go).\n",
    "facts_test.go": "package lessons\n",
    "01-one/README.md": "# 01 · one\n\n**How?**\n\n## Run\n\n[server](server/main.go)\n",
    "01-one/server/main.go": "package main\n",
    "01-one/session.txtar": "serve\n",
    "02-two/README.md": "# 02 · two\n\n[start](../start.md#go)\n",
    "02-two/exercises/hard/README.md": "# An exercise\n",
}


class Site(unittest.TestCase):
    """A course in a folder of its own, built once for each test."""

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.root = folder.name
        shutil.copy(os.path.join(ROOT, "mkdocs.yml"), self.root)
        os.symlink(os.path.join(ROOT, "scripts"), os.path.join(self.root, "scripts"))
        for name, text in COURSE.items():
            self.write(name, text)

    def write(self, name, text):
        path = os.path.join(self.root, "lessons", name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "w", encoding="utf-8") as f:
            f.write(text)

    def remove(self, name):
        os.remove(os.path.join(self.root, "lessons", name))

    def mkdocs(self):
        """Does what mkdocs build --strict does. Returns whether it failed, and what it logged."""
        config = load_config(os.path.join(self.root, "mkdocs.yml"), strict=True)
        config["plugins"].run_event("startup", command="build", dirty=False)
        with self.assertLogs("mkdocs", logging.INFO) as logs:
            try:
                build(config)
            except (MkDocsException, SystemExit):
                return True, "\n".join(logs.output)
        return False, "\n".join(logs.output)

    def build(self):
        failed, logs = self.mkdocs()
        self.assertFalse(failed, logs)

    def fails(self, why):
        failed, logs = self.mkdocs()
        self.assertIn(why, logs)
        self.assertTrue(failed)

    def read(self, name):
        with open(os.path.join(self.root, "site", name), encoding="utf-8") as f:
            return f.read()

    def article(self, markdown):
        """Builds lesson 02 with this on its page, and returns what became of it."""
        self.write("02-two/README.md", "# 02 · two\n\n" + markdown)
        self.build()
        html = self.read("02-two/index.html")
        return html[html.index("<article") : html.index("</article>")]


class Pages(Site):
    def test_only_pages_are_in_it(self):
        self.build()
        files = {
            os.path.relpath(os.path.join(folder, name), os.path.join(self.root, "site"))
            for folder, _, names in os.walk(os.path.join(self.root, "site")) for name in names
        }
        ours = {name for name in files if not name.startswith(("assets", "search", "sitemap"))}
        self.assertEqual(ours, {
            "404.html", "index.html", "start.html", "errors.html", "01-one/index.html", "02-two/index.html"})

    def test_a_new_lesson_is_found_on_the_map(self):
        self.write("03-three/README.md", "# 03 · three\n")
        self.write("README.md", COURSE["README.md"].replace("** Later.", "** Now.\n\n- [03 · three](03-three/README.md): Why?"))
        self.build()
        pages = re.search(r'(?s)<nav class="pages".*?</nav>', self.read("index.html"))[0]
        said = re.findall(r"<h2>(.*?)</h2>|<a href[^>]*>(.*?)</a>", pages)
        self.assertEqual(["".join(pair) for pair in said], [
            "Both Ends", "The course", "Where to start",
            "1. Two programs talk", "01 · one", "02 · two",
            "2. Finding each other", "03 · three",
            "Beside the lessons", "Errors", "Source"])

    def test_a_lesson_must_be_on_the_map(self):
        self.write("03-three/README.md", "# 03 · three\n")
        self.fails("03-three/README.md is not on the map")

    def test_the_map_is_drawn(self):
        self.build()
        home = self.read("index.html")
        self.assertEqual(home.count('<section class="part written">'), 1)
        self.assertEqual(home.count('<section class="part">'), 1)
        self.assertIn('data-part="2"', home)

    def test_the_search_has_its_index_and_its_worker_as_scripts(self):
        self.build()
        self.assertTrue(self.read("search/search_index.js").startswith('var __index={"'))
        self.assertTrue(self.read("search/worker.js").startswith('var __worker="'))

    def test_the_question_describes_the_page(self):
        self.build()
        self.assertIn('<meta name="description" content="How?">', self.read("01-one/index.html"))


class Clone(unittest.TestCase):
    def test_what_is_cloned_is_what_the_site_links_to(self):
        with open(os.path.join(ROOT, "lessons", "start.md"), encoding="utf-8") as file:
            cloned = re.findall(r"^\$ git clone (\S+)$", file.read(), re.M)
        self.assertEqual(cloned, [load_config(os.path.join(ROOT, "mkdocs.yml")).repo_url])


class Links(Site):
    def test_sources_are_in_the_repository(self):
        self.write("../LICENSE", "MIT")
        html = self.article("[a](../01-one/server/main.go) [b](../../LICENSE) [c][c]\n\n[c]: ../01-one/server\n")
        there = "https://github.com/both-ends/both-ends/"
        self.assertIn('href="%sblob/main/lessons/01-one/server/main.go"' % there, html)
        self.assertIn('href="%sblob/main/LICENSE"' % there, html)
        self.assertIn('href="%stree/main/lessons/01-one/server"' % there, html)

    def test_links_in_code_are_left_alone(self):
        self.assertIn("[a](nowhere.go)", self.article("`[a](nowhere.go)`\n\n```\n[b](nowhere.go)\n```\n"))

    def test_a_page_that_went(self):
        self.remove("02-two/README.md")
        self.fails("02-two/README.md")

    def test_a_link_to_a_page_that_is_not_there(self):
        self.write("errors.md", "# Errors\n\n[gone](gone.md)\n")
        self.fails("gone.md")

    def test_an_anchor_that_went(self):
        self.write("01-one/README.md", COURSE["01-one/README.md"].replace("## Run", "## Go"))
        self.fails("start.md: there is no anchor 01-one/index.html#run")

    def test_an_anchor_on_the_page_itself(self):
        self.write("errors.md", "# Errors\n\n[here](#nowhere)\n")
        self.fails("errors.md: there is no anchor #nowhere")

    def test_a_source_that_went(self):
        self.remove("01-one/server/main.go")
        self.fails("01-one/README.md: there is no server/main.go")

    def test_a_source_in_the_middle_of_the_text(self):
        self.remove("facts_test.go")
        self.fails("errors.md: there is no facts_test.go")

    def test_a_link_in_html(self):
        self.write("errors.md", '# Errors\n\n<p><a href="gone.html">gone</a></p>\n')
        self.fails("errors.md: there is no gone.html")


class Markup(Site):
    def test_panes(self):
        html = self.article("""<!-- panes -->

**Server** · [server/main.go](../01-one/server/main.go)

<!-- weave: session.txtar#server.txt -->
```console
$ go run ./lessons/01-one/server
listening
```
<!-- /weave -->

**Client**

```console
$ go run ./lessons/01-one/client
> hello
^Csignal: interrupt
```

<!-- /panes -->

After.
""")
        self.assertRegex(html, r'(?s)<div class="panes">\s*<div class="pane server">\s*<p class="pane-title"><strong>Server</strong>.*listening.*</div>\s*<div class="pane client">.*interrupt</samp></pre>\s*</div>\s*</div>\s*<p>After')
        self.assertIn('<span class="prompt">$ </span><b>go run ./lessons/01-one/client</b>', html)
        self.assertIn('<span class="prompt">&gt; </span><b>hello</b>\n<b>^C</b>signal: interrupt', html)
        self.assertNotIn("<!--", html)

    def test_panes_that_are_wrong(self):
        pane = "**Server**\n\n```\nx\n```\n\n"
        for bad, why in [
            ("<!-- panes -->\n\n" + pane + pane, "not closed"),
            (pane + pane + "<!-- /panes -->\n", "stand 0 blocks"),
            ("<!-- panes -->\n\n" + pane + "<!-- /panes -->\n", "stand 1 blocks"),
            ("<!-- panes -->\n\ntext\n\n" + pane + "<!-- /panes -->\n", "no **title**"),
            ("<!-- panes -->\n\n" + pane + "<!-- panes -->\n\n" + pane + pane + "<!-- /panes -->\n", "twice"),
        ]:
            with self.subTest(why):
                self.write("02-two/README.md", "# 02 · two\n\n" + bad)
                self.fails(why)

    def test_comments_are_not_shown(self):
        html = self.article("<!-- introduces\nwords: socket -->\n\nA <!-- inner --> word.\n\n`<!-- code -->`\n\n- item\n\n    <!-- nested -->\n")
        self.assertNotIn("<!--", html)
        self.assertNotIn("introduces", html)
        self.assertIn("&lt;!-- code --&gt;", html)

    def test_a_piece_of_a_program_names_its_file(self):
        html = self.article("<!-- weave: ../01-one/server/main.go#serve -->\n```go\nserve()\n```\n<!-- /weave -->\n")
        self.assertRegex(html, r'<div class="listing server">\s*<p class="listing-title"><a href="[^"]*/lessons/01-one/server/main.go">')

    def test_alerts(self):
        html = self.article("> [!NOTE]\n> Beware of `x`.\n>\n> ```console\n> $ ls\n> ```\n\n> [!TIP]\n>\n> Two.\n\n> A quote.\n")
        self.assertRegex(html, r'<div class="admonition note">\s*<p class="admonition-title">Note</p>\s*<p>Beware of <code>x</code>\.</p>\s*<pre class="terminal')
        self.assertRegex(html, r'<div class="admonition tip">\s*<p class="admonition-title">Tip</p>\s*<p>Two\.</p>')
        self.assertRegex(html, r"<blockquote>\s*<p>A quote")
        self.assertNotIn("[!", html)

    def test_an_alert_that_there_is_not(self):
        self.write("02-two/README.md", "# 02 · two\n\n> [!HINT]\n> Text.\n")
        self.fails("there is no alert [!HINT]")

    def test_what_is_folded_is_markdown(self):
        html = self.article("<details>\n<summary>Why <code>x</code>?</summary>\n\nBecause *y*.\n\n```go\nx := y\n```\n</details>\n")
        self.assertIn("<summary>Why <code>x</code>?</summary>", html)
        self.assertIn("Because <em>y</em>.", html)
        self.assertRegex(html, r'(?s)<details>.*class="highlight".*</details>')

    def test_fences_in_fences(self):
        html = self.article("````\n```mermaid\nnonsense\n```\n<!-- panes -->\n> [!NOTE]\n````\n")
        for said in ("```mermaid", "&lt;!-- panes --&gt;", "[!NOTE]"):
            self.assertIn(said, re.sub("<[^>]*>", "", html))

    def test_tabs_stay_tabs(self):
        self.assertIn("\t", self.article("```go\nfunc f() {\n\treturn\n}\n```\n").split("<code")[1])

    def test_diagrams(self):
        html = self.article("```mermaid\nsequenceDiagram\nparticipant C as client\nparticipant S as server\nC->>S: hello\n```\n")
        self.assertRegex(html, r'<figure class="sequence" tabindex="0"><svg [^>]*role="img"><title>In this order: client to server: hello</title>')
        self.assertNotIn("mermaid", html)

    def test_a_diagram_that_cannot_be_drawn(self):
        self.write("02-two/README.md", "# 02 · two\n\n```mermaid\nflowchart LR\n```\n")
        self.fails("02-two/README.md: the first line is not sequenceDiagram")

    def test_columns_are_not_wrapped(self):
        html = self.article("```console\n$ ls\na    b\n```\n\n```console\n$ ls\na b\n```\n")
        self.assertEqual(html.count('class="terminal both columns" tabindex="0"'), 1)

    def test_tables_scroll_and_an_empty_cell_is_no_head(self):
        html = self.article("| | UDP |\n| --- | --- |\n| a | b |\n")
        self.assertRegex(html, r'<div class="table" tabindex="0">\s*<table class="rows">')
        self.assertIn("<td></td>", html)
        self.assertIn("<th>UDP</th>", html)

    def test_only_what_has_a_colour_is_marked(self):
        html = self.article("```go\nfunc f(n int) { g(\"<a>\", n+1) } // h\n```\n")
        self.assertEqual(set(re.findall(r'<span class="(\w+)">', html.split("<code")[1])), {"kd", "kt", "s", "mi", "c1"})
        self.assertIn('func f(n int) { g("<a>", n+1) } // h', unescape(re.sub("<[^>]*>", "", html)))

    def test_code_has_a_button_that_copies_it(self):
        html = self.article("```go\nx\n```\n\n```\n$ y\n```\n\n```console\n$ z\n```\n")
        for i in (1, 2):
            self.assertIn('data-clipboard-target="#code-%d"' % i, html)
            self.assertIn('<code id="code-%d">' % i, html)
        self.assertNotIn("#code-3", html)


if __name__ == "__main__":
    unittest.main()
