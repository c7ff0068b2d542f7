"""What the course's Markdown means on the site.

The pages are written for GitHub, and GitHub shows them well. This extension
of Python-Markdown makes more of the same text:

    <!-- panes --> … <!-- /panes -->     two programs side by side
    <!-- weave: server/main.go… -->      the code below it gets a link to its file
    ```console, ```text                  a terminal
    ```mermaid                           a diagram
    > [!NOTE]                            a box
    **1. Two programs talk.** and a list a part, on the map of the course

It works on the tree that Markdown has made of a page, not on its text, and so
what stands inside a fence is never touched.
"""
import os
import posixpath
import re
import xml.etree.ElementTree as etree
from html import escape

from markdown.extensions import Extension
from markdown.preprocessors import Preprocessor
from markdown.treeprocessors import Treeprocessor
from markdown.util import HTML_PLACEHOLDER_RE

import diagram

PART = re.compile(r"\*\*(\d+)\. (.+?)\.\*\*\s*")
ALERT = re.compile(r"\[!(\w+)\][ \t]*(?:\n|$)")
ALERTS = {"NOTE": "note", "TIP": "tip", "IMPORTANT": "important", "WARNING": "warning", "CAUTION": "caution"}
PLAIN = re.compile(r'<span class="(?:p|w|o|n[a-z]?|vm|fm|bp)">([^<]*)</span>')
WEAVE = re.compile(r"weave: ([^#\s]+)")
LESSON = re.compile(r"\d\d-[^/]+")


class Course(Extension):
    """The extension. Its page is that which is being rendered."""

    def __init__(self, config, log):
        super().__init__()
        self.docs = config["docs_dir"]
        self.root = os.path.dirname(config["config_file_path"])
        self.repository = config["repo_url"].rstrip("/")
        self.log = log
        self.page = ""  # its path below docs_dir, such as 01-udp-parity/README.md

    def warn(self, message, *args):
        """With --strict, a warning fails the build."""
        self.log.warning("%s: " + message, self.page, *args)

    def fences(self):
        """Fences that are not code, as pymdownx.superfences wants them."""
        return [
            {"name": "console", "class": "", "format": terminal},
            {"name": "text", "class": "", "format": terminal},
            {"name": "mermaid", "class": "", "format": self.diagram},
        ]

    def diagram(self, source, language, css_class, options, md, **kwargs):
        try:
            svg = diagram.sequence(source)
        except ValueError as err:
            self.warn("%s", err)
            return "<pre><code>%s</code></pre>" % escape(source)
        return '<figure class="sequence" tabindex="0">%s</figure>' % svg

    def extendMarkdown(self, md):
        # Fences are read at 25 and blocks of HTML at 20.
        md.preprocessors.register(LikeGitHub(md), "course_like_github", 24)
        # Text inside of paragraphs is read at 20, links are resolved at 0.
        md.treeprocessors.register(Alerts(md, self), "course_alerts", 34)
        md.treeprocessors.register(Comments(md, self), "course_comments", 33)
        md.treeprocessors.register(Map(md, self), "course_map", 32)
        md.treeprocessors.register(Tables(md, self), "course_tables", 31)
        md.treeprocessors.register(Sources(md, self), "course_sources", 1)


class LikeGitHub(Preprocessor):
    """Reads two things as GitHub does, and Python-Markdown does not.

    What is in <details> is Markdown; and an empty line ends a quotation, even
    if another one follows.
    """

    def run(self, lines):
        out = []
        for line in lines:
            if line.startswith(">") and len(out) > 1 and not out[-1].strip() and out[-2].startswith(">"):
                out += ["<!-- -->", ""]
            out.append(re.sub(r"^<details>", '<details markdown="1">', line))
        return out


class CourseProcessor(Treeprocessor):
    def __init__(self, md, course):
        super().__init__(md)
        self.course = course

    def comment(self, element):
        """The text of a comment that stands alone, or None."""
        m = HTML_PLACEHOLDER_RE.fullmatch((element.text or "").strip()) if len(element) == 0 else None
        raw = self.md.htmlStash.rawHtmlBlocks[int(m[1])].strip() if m else ""
        return raw[4:-3].strip() if isinstance(raw, str) and raw.startswith("<!--") else None


class Alerts(CourseProcessor):
    def run(self, root):
        for quote in root.iter("blockquote"):
            if len(quote) == 0 or not (m := ALERT.match(quote[0].text or "")):
                continue
            if m[1] not in ALERTS:
                self.course.warn("there is no alert [!%s]", m[1])
                continue
            kind = ALERTS[m[1]]
            quote.tag = "div"
            quote.set("class", "admonition " + kind)
            title = etree.Element("p", {"class": "admonition-title"})
            title.text = kind.capitalize()
            quote[0].text = quote[0].text[m.end():]
            if not quote[0].text and len(quote[0]) == 0:
                quote.remove(quote[0])
            quote.insert(0, title)


class Comments(CourseProcessor):
    """Obeys the comments that say something about the page; drops the others."""

    def run(self, root):
        for parent in list(root.iter()):
            if any(self.comment(child) is not None for child in parent):
                self.arrange(parent)

    def arrange(self, parent):
        children = list(parent)
        parent[:] = []
        panes = source = None
        for child in children:
            said = self.comment(child)
            if said == "panes":
                if panes is not None:
                    self.course.warn("<!-- panes --> twice, with no <!-- /panes --> between them")
                panes = etree.SubElement(parent, "div", {"class": "panes"})
            elif said == "/panes":
                if panes is None or len(panes) != 2:
                    self.course.warn("above <!-- /panes --> stand %d blocks, not 2", len(panes or ()))
                panes = None
            elif said is not None:
                m = WEAVE.match(said)
                source = m[1] if m and not m[1].endswith((".txt", ".txtar")) else None
                continue
            elif panes is not None:
                self.fill(panes, child)
            elif source is not None:
                parent.append(self.listing(source, child))
            else:
                parent.append(child)
            source = None
        if panes is not None:
            self.course.warn("<!-- panes --> is not closed")

    def fill(self, panes, child):
        """Puts an element into the last pane, or begins one: with its **title**."""
        title = (child.text or "").startswith("**")
        if not title and len(panes) == 0:
            self.course.warn("below <!-- panes --> no **title** stands")
            title = True
        if title:
            etree.SubElement(panes, "div", {"class": "pane " + end(child.text or "")})
            child.set("class", "pane-title")
        panes[-1].append(child)

    def listing(self, source, code):
        """A piece of a program, with a link to the whole of it."""
        listing = etree.Element("div", {"class": "listing " + end(source)})
        title = etree.SubElement(listing, "p", {"class": "listing-title"})
        link = etree.SubElement(title, "a", {"href": source})
        link.text = source
        listing.append(code)
        return listing


class Map(CourseProcessor):
    """Draws the parts of the course, and their lessons, as a map."""

    def run(self, root):
        if self.course.page != "README.md":
            return
        children = list(root)
        root[:] = []
        course = part = None
        for child in children:
            m = PART.match(child.text or "") if child.tag == "p" else None
            if m:
                if course is None:
                    course = etree.SubElement(root, "div", {"class": "map"})
                part = etree.SubElement(course, "section", {"class": "part"})
                title = etree.SubElement(part, "h3", {"id": "part-" + m[1], "data-part": m[1]})
                title.text = m[2]
                child.text = child.text[m.end():]
                part.append(child)
            elif part is not None and child.tag == "ul":
                part.append(child)
                part.set("class", "part written")
            else:
                course = part = None
                root.append(child)


class Tables(CourseProcessor):
    """Wide tables scroll, and an empty cell is the head of nothing."""

    def run(self, root):
        for parent in list(root.iter()):
            for i, table in enumerate(parent):
                if table.tag == "table":
                    table.set("class", "rows")
                    parent[i] = etree.Element("div", {"class": "table", "tabindex": "0"})
                    parent[i].append(table)
        for cell in root.iter("th"):
            if not cell.text and len(cell) == 0:
                cell.tag = "td"


class Sources(CourseProcessor):
    """Leads links to what is no page of the site to the repository."""

    def run(self, root):
        for link in root.iter("a"):
            href = link.get("href", "")
            path, _, anchor = href.partition("#")
            if not path or ":" in path or path.startswith("/"):
                continue
            there = posixpath.normpath(posixpath.join(posixpath.dirname(self.course.page), path))
            if is_page(there):
                continue  # mkdocs resolves these
            name = os.path.normpath(os.path.join(self.course.docs, there))
            if not os.path.exists(name):
                self.course.warn("there is no %s", href)
            kind = "tree" if os.path.isdir(name) else "blob"
            name = os.path.relpath(name, self.course.root).replace(os.sep, "/")
            link.set("href", "%s/%s/main/%s%s" % (self.course.repository, kind, name, "#" + anchor if anchor else ""))


def is_page(path):
    """Whether a file below docs_dir is a page: at the top, or a lesson's README."""
    folder, name = posixpath.split(path)
    return name.endswith(".md") if not folder else name == "README.md" and bool(LESSON.fullmatch(folder))


def end(text):
    """Which end of the conversation a title or a path speaks of."""
    m = re.search("server|client", text.lower())
    return m[0] if m else "both"


def plain(content):
    """Takes marks off pieces of code that course.css gives no colour: they are
    three in four of all, and a fifth of a long page's weight.
    """
    return PLAIN.sub(r"\1", content)


def copyable(content):
    """Gives each piece of code in a page a button that copies it.

    Material 9 has such buttons; Material 8 leaves them out where code is
    taller than the window. Both look for <pre><code>, and copy for any button
    what its data-clipboard-target selects. What scrolls can have the focus.
    """
    pieces = content.split("<pre><span></span><code>")
    for i in range(1, len(pieces)):
        pieces[i] = (
            '<pre><button class="md-clipboard md-icon" type="button" aria-label="Copy" title="Copy" data-clipboard-target="#code-%d"></button>'
            '<span class="lines" tabindex="0"><code id="code-%d">' % (i, i) + pieces[i].replace("</code></pre>", "</code></span></pre>", 1)
        )
    return "".join(pieces)


def terminal(source, language, css_class, options, md, **kwargs):
    """A transcript: what was typed stands out. Long lines wrap, but not columns."""
    lines = source.split("\n")
    who = re.match(r"\$ go run \S*/(server|client)\b", lines[0])
    out = []
    for line in lines:
        prompt, typed, printed = re.match(r"(\$ .*|> ?.*)?(\^[CDZ])?(.*)", line).groups()
        if prompt:
            prompt, typed = prompt[:2], prompt[2:]
            out.append('<span class="prompt">%s</span>' % escape(prompt))
        if typed:
            out.append("<b>%s</b>" % escape(typed, quote=False))
        out.append(escape(printed, quote=False) + "\n")
    attributes = 'class="terminal %s"' % (who[1] if who else "both")
    if re.search(r"\S {3,}\S", source):  # columns: wrapped, they could not be read
        attributes = attributes[:-1] + ' columns" tabindex="0"'
    return "<pre %s><samp>%s</samp></pre>" % (attributes, "".join(out).rstrip("\n"))
