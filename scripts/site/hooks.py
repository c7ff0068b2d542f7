"""Turns the lessons into a site. mkdocs calls the functions named on_….

Works with mkdocs 1.4 to 1.6. What stands on a page is the business of
markup.py and diagram.py; here it is decided which pages there are, in which
order, and whether all their links lead somewhere.
"""
import html
import json
import logging
import os
import posixpath
import re
import sys
from urllib.parse import unquote

from mkdocs.structure.files import Files

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import markup

log = logging.getLogger("mkdocs.hooks.site")  # below "mkdocs", so that --strict counts its warnings

course = None  # the Markdown extension of this build
pages = {}  # URL → source, anchors and links of that page


def on_config(config):
    global course
    course = markup.Course(config, log)
    pages.clear()
    config["markdown_extensions"].append(course)
    config["mdx_configs"].setdefault("pymdownx.superfences", {})["custom_fences"] = course.fences()
    config["nav"] = navigation(config["docs_dir"])
    return config


def navigation(docs):
    """Reads the order of the pages from the map of the course on the home page.

    A part is a paragraph that begins with its name, **1. Two programs talk.**,
    and its lessons are those which are linked before the next part begins.
    """
    with open(os.path.join(docs, "README.md"), encoding="utf-8") as f:
        home = re.sub(r"(?ms)^```.*?^```", "", f.read())
    heads = [m for m in re.finditer("(?m)^" + markup.PART.pattern, home)]
    nav, listed = ["README.md", "start.md"], []
    for i, head in enumerate(heads):
        there = home[head.end() : heads[i + 1].start() if i + 1 < len(heads) else len(home)]
        lessons = re.findall(r"(?m)^- \[[^\]]*\]\((\d\d-[^/)]+/README\.md)\)", there)
        if lessons:
            nav.append({"%s. %s" % head.groups(): lessons})
            listed += lessons
    for name in sorted(os.listdir(docs)):
        page = name + "/README.md"
        if markup.is_page(page) and os.path.exists(os.path.join(docs, page)) and page not in listed:
            log.warning("README.md: %s is not on the map of the course", page)
    others = [name for name in sorted(os.listdir(docs)) if name.endswith(".md") and name not in nav]
    return nav + [{"Beside the lessons": others}] if others else nav


def on_files(files, config):
    """Keeps the pages and pictures, and leaves out programs and scripts."""
    return Files([f for f in files if belongs(f, config["docs_dir"])])


def belongs(file, docs):
    path = file.src_path.replace(os.sep, "/")
    if not os.path.abspath(file.abs_src_path).startswith(os.path.join(docs, "")):
        return True  # the theme's
    return markup.is_page(path) or path.endswith((".png", ".svg"))


def on_page_markdown(markdown, page, config, files):
    course.page = page.file.src_path.replace(os.sep, "/")
    question = re.search(r"(?m)^\*\*(.+\?)\*\*$", markdown)
    if question:
        page.meta["description"] = question[1]


def on_page_content(content, page, config, files):
    content = re.sub(r"(?s)<!--.*?-->\n?", "", content)  # in code they are &lt;!--
    return markup.copyable(markup.plain(content))


def on_post_page(output, page, config):
    ids = set(re.findall(r'<[a-z][^<>]*\sid="([^"]+)"', output))
    hrefs = {html.unescape(href) for href in re.findall(r'<a\s[^<>]*?href="([^"]+)"', output)}
    pages[page.url] = page.file.src_path, ids, hrefs
    return output


def on_post_build(config):
    for url, (src, _, hrefs) in pages.items():
        for href in sorted(hrefs):
            path, _, anchor = unquote(href).partition("#")
            if ":" in path or path.startswith("//"):
                continue
            there = posixpath.normpath(posixpath.join(posixpath.dirname(url), path)) if path else url
            if there not in pages:
                if not os.path.exists(os.path.join(config["site_dir"], there)):
                    log.warning("%s: there is no %s", src, href)
            elif anchor and anchor not in pages[there][1]:
                log.warning("%s: there is no anchor %s", src, href)
    search_as_scripts(config["site_dir"])


def search_as_scripts(site):
    """Pages opened from disk may load scripts, but neither JSON nor workers.

    So the index of the search and its worker are written once more, each as a
    script that sets a variable.
    """
    with open(os.path.join(site, "search", "search_index.json"), encoding="utf-8") as f:
        index = f.read()
    with open(os.path.join(site, "search", "search_index.js"), "w", encoding="utf-8") as f:
        f.write("var __index=" + index)
    workers = os.path.join(site, "assets", "javascripts", "workers")
    name = next(name for name in os.listdir(workers) if re.fullmatch(r"search\..*\.js", name))
    with open(os.path.join(workers, name), encoding="utf-8") as f:
        worker = f.read()
    with open(os.path.join(site, "search", "worker.js"), "w", encoding="utf-8") as f:
        f.write("var __worker=" + json.dumps(worker))
