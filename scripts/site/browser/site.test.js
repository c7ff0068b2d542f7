// Looks at the built site with a real browser.
import assert from "node:assert/strict"
import { existsSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { after, before, test } from "node:test"
import { pathToFileURL } from "node:url"
import { base, built, launch, pages, root, serve } from "./site.js"

const wide = { width: 1360, height: 900 }
const phone = { width: 390, height: 844 }
const narrowest = { width: 320, height: 568 } // as narrow as WCAG 2.2, 1.4.10, asks for
const lessons = pages.filter((path) => /^\d\d-/.test(path))

let browser, server, url

before(async () => {
  ;({ server, url } = await serve())
  browser = await launch()
})

after(async () => {
  await browser?.close()
  server?.close()
})

// open opens a page in a browser that has not been here before, and closes it
// when the test ends. What the page asks for, and complains of, is in log.
async function open(t, path, options = {}) {
  const context = await browser.newContext({ viewport: wide, ...options })
  t.after(() => context.close())
  const page = await context.newPage()
  const log = { requests: [], errors: [] }
  page.on("request", (request) => log.requests.push(request))
  page.on("console", (message) => ["error", "warning"].includes(message.type()) && log.errors.push(message.text()))
  page.on("pageerror", (error) => log.errors.push(String(error)))
  await page.goto(path.startsWith("file:") ? path : url + path)
  return { page, log }
}

const onDisk = (path) => pathToFileURL(join(built, path)).href

test("there are pages", () => {
  for (const path of ["index.html", "start.html", "vocabulary.html", "errors.html", "01-udp-parity/index.html"]) {
    assert.ok(pages.includes(path), path)
  }
})

for (const path of pages) {
  test(`${path}: is light, asks nobody else, complains of nothing`, async (t) => {
    const { page, log } = await open(t, path)
    await page.waitForLoadState("networkidle")
    let weight = 0
    for (const request of log.requests) {
      assert.ok(request.url().startsWith(url), `asks for ${request.url()}`)
      const { responseBodySize, responseHeadersSize } = await request.sizes()
      weight += responseBodySize + responseHeadersSize
    }
    const paint = await page.evaluate(
      () =>
        new Promise((resolve) => {
          const observer = new PerformanceObserver((list) => {
            const [entry] = list.getEntriesByName("first-contentful-paint")
            if (entry) resolve(Math.round(entry.startTime))
          })
          observer.observe({ type: "paint", buffered: true })
        }),
    )
    t.diagnostic(`${(weight / 1000).toFixed(1)} KB, ${log.requests.length} requests, first paint after ${paint} ms`)
    assert.deepEqual(log.errors, [])
    assert.ok(log.requests.length <= 10, `${log.requests.length} requests`)
    assert.ok(weight <= 90_000, `${weight} bytes`)
  })

  test(`${path}: fits a wide screen and a narrow one`, async (t) => {
    const { page } = await open(t, path)
    await page.evaluate(() => document.querySelectorAll("details").forEach((details) => (details.open = true)))
    for (const viewport of [wide, phone, narrowest]) {
      await page.setViewportSize(viewport)
      const { scroll, width } = await page.evaluate(() => ({
        scroll: document.documentElement.scrollWidth,
        width: innerWidth,
      }))
      assert.ok(scroll <= width, `${scroll} pixels on a screen of ${width}`)
    }
    await page.setViewportSize(wide)
    const cut = await page.evaluate(() =>
      [...document.querySelectorAll("pre, .lines, figure")]
        .filter((block) => block.scrollWidth > block.clientWidth)
        .map((block) => block.innerText.slice(0, 80)),
    )
    assert.deepEqual(cut, [], "cut at 1360 pixels")
  })

  test(`${path}: at most 70 characters stand in a line of text`, async (t) => {
    const { page } = await open(t, path)
    const long = await page.evaluate(() => {
      const found = []
      for (const text of document.querySelectorAll("article :is(p, li)")) {
        if (text.closest("details:not([open]), .pane-title, .listing-title")) continue
        const nodes = document.createTreeWalker(text, NodeFilter.SHOW_TEXT)
        const lines = []
        let last = Infinity
        for (let node; (node = nodes.nextNode()); ) {
          if (node.parentElement.closest("p, li") != text) continue
          for (let i = 0; i < node.length; i++) {
            const range = document.createRange()
            range.setStart(node, i)
            range.setEnd(node, i + 1)
            const { left, width } = range.getBoundingClientRect()
            if (!width) continue
            if (left < last) lines.push("")
            lines.push(lines.pop() + node.data[i])
            last = left
          }
        }
        found.push(...lines.filter((line) => line.trim().length > 70))
      }
      return found
    })
    assert.deepEqual(long, [])
  })
}

test("every link, source and anchor leads somewhere", async (t) => {
  const { page } = await open(t, "index.html")
  const found = {}
  for (const path of [...pages, "404.html"]) {
    await page.goto(url + path)
    found[path] = await page.evaluate(() => ({
      ids: [...document.querySelectorAll("[id]")].map((element) => element.id),
      links: [...document.querySelectorAll("[href], [src]")].map((element) => element.href || element.src),
    }))
  }
  const missing = []
  let checked = 0
  for (const [path, { ids, links }] of Object.entries(found)) {
    if (new Set(ids).size < ids.length) missing.push(`${path}: an id twice`)
    for (const link of links) {
      const to = new URL(link, url)
      if (to.origin != new URL(url).origin) continue
      checked++
      const name = decodeURIComponent(to.pathname.slice(base.length)).replace(/(^|\/)$/, "$1index.html")
      const anchor = decodeURIComponent(to.hash.slice(1))
      if (!to.pathname.startsWith(base) || !existsSync(join(built, name))) missing.push(`${path}: ${link}`)
      else if (anchor && !anchor.startsWith("__") && !found[name].ids.includes(anchor)) missing.push(`${path}: ${link}`)
    }
  }
  t.diagnostic(`${checked} links`)
  assert.deepEqual(missing, [])
  assert.ok(checked > 100)
})

test("every program has a link to its source", async (t) => {
  const { page } = await open(t, "index.html")
  for (const path of lessons) {
    await page.goto(url + path)
    const links = await page.evaluate(() => [...document.querySelectorAll("article a")].map((a) => a.href))
    for (const program of ["server", "client"]) {
      const source = `lessons/${path.replace("index.html", program)}/main.go`
      assert.ok(existsSync(join(root, source)), source)
      assert.ok(links.some((link) => link.endsWith("/blob/main/" + source)), source)
    }
  }
})

test("previous and next lead through the lessons in order", async (t) => {
  const { page } = await open(t, "index.html")
  const seen = []
  for (let next = page.url(); next; ) {
    await page.goto(next)
    seen.push(page.url().slice(url.length))
    next = await page.evaluate(() => document.querySelector("[rel=next]")?.href)
  }
  assert.deepEqual(seen.slice(0, 2 + lessons.length), ["index.html", "start.html", ...lessons])
  assert.deepEqual([...seen].sort(), pages)
})

for (const [where, start] of [["over the web", "index.html"], ["from disk", onDisk("index.html")]]) {
  for (const word of ["datagram", "close", "bind"]) {
    test(`the search finds ${word}, ${where}`, async (t) => {
      const { page, log } = await open(t, start)
      await page.keyboard.press("/")
      await page.keyboard.type(word)
      const result = page.locator(".md-search-result__link").first()
      await result.waitFor()
      const found = await page.locator(".md-search-result__list").textContent()
      assert.match(found.toLowerCase(), new RegExp(word))
      const href = await result.evaluate((link) => link.href)
      await page.keyboard.press("ArrowDown")
      await page.keyboard.press("Enter")
      await page.waitForURL((to) => to.pathname == new URL(href).pathname)
      assert.notEqual(page.url(), start)
      assert.deepEqual(log.errors, [])
    })
  }
}

test("nothing of the search is fetched before somebody searches", async (t) => {
  const { page, log } = await open(t, "index.html")
  const fetched = () => log.requests.filter((request) => /search/.test(request.url())).length
  assert.equal(fetched(), 0)
  await page.keyboard.press("/")
  await page.keyboard.type("bind")
  await page.locator(".md-search-result__link").first().waitFor()
  assert.equal(fetched(), 2)
})

for (const colorScheme of ["light", "dark"]) {
  test(`begins ${colorScheme} as the system does; the choice of the reader holds`, async (t) => {
    const { page } = await open(t, "index.html", { colorScheme })
    const scheme = () => page.evaluate(() => document.body.dataset.mdColorScheme)
    const [now, then] = colorScheme == "light" ? ["default", "slate"] : ["slate", "default"]
    assert.equal(await scheme(), now)
    await page.getByRole("button", { name: "Switch to" }).click()
    await page.locator(`body[data-md-color-scheme=${then}]`).waitFor()
    for (const path of ["01-udp-parity/index.html", "errors.html", "nowhere"]) {
      await page.goto(url + path)
      assert.equal(await scheme(), then, path)
    }
  })
}

test("two panes stand side by side on a wide screen, one above the other on a phone", async (t) => {
  const { page } = await open(t, "index.html")
  let seen = 0
  for (const path of ["index.html", ...lessons]) {
    await page.goto(url + path)
    for (const [viewport, beside] of [[wide, true], [phone, false]]) {
      await page.setViewportSize(viewport)
      for (const panes of await page.locator(".panes").all()) {
        const [left, right] = await panes.locator(".pane").all()
        const a = await left.boundingBox()
        const b = await right.boundingBox()
        assert.equal(a.y == b.y, beside, `${path} at ${viewport.width}`)
        assert.ok(beside ? a.x + a.width <= b.x : a.y + a.height <= b.y, `${path} at ${viewport.width}`)
        seen++
      }
    }
  }
  assert.ok(seen > 0)
})

test("two whole programs fit side by side, and none of their lines is cut", async (t) => {
  const { page } = await open(t, lessons[0])
  const panes = await page.evaluate(() => {
    const panes = [...document.querySelectorAll(".panes")[0].children]
    const programs = [...document.querySelectorAll("details .highlight")]
    panes.forEach((pane, i) => pane.querySelector(".terminal").replaceWith(programs[i]))
    return panes.map((pane) => {
      const { left, right, top } = pane.getBoundingClientRect()
      const code = pane.querySelector(".lines")
      return { left, right, top, width: code.clientWidth, needs: code.scrollWidth }
    })
  })
  assert.equal(panes[0].top, panes[1].top)
  assert.ok(panes[0].right <= panes[1].left)
  for (const pane of panes) assert.ok(pane.needs <= pane.width, `${pane.needs} > ${pane.width}`)
})

test("the copy button copies the program as it is in its file", async (t) => {
  const { page } = await open(t, "index.html", { permissions: ["clipboard-read", "clipboard-write"] })
  let copied = 0
  for (const path of lessons) {
    await page.goto(url + path)
    for (const program of ["server", "client"]) {
      const details = page.locator("details", { has: page.locator("summary", { hasText: `${program}/main.go` }) })
      await details.locator("summary").click()
      await details.locator(".md-clipboard").click()
      const file = join(root, "lessons", path.replace("index.html", program), "main.go")
      const want = readFileSync(file, "utf8").replace(/^\t*\/\/weave:.*\n/gm, "")
      assert.equal((await page.evaluate(() => navigator.clipboard.readText())).trimEnd(), want.trimEnd(), file)
      copied++
    }
    assert.equal(await page.locator(".terminal .md-clipboard").count(), 0, "transcripts have no copy button")
  }
  assert.equal(copied, 2 * lessons.length)
})

// reach presses Tab until the focus comes round, and returns what had it.
async function reach(page) {
  const reached = new Set()
  for (let i = 0; i < 2000; i++) {
    await page.keyboard.press("Tab")
    const at = await page.evaluate(() => {
      const element = document.activeElement
      element.dataset.at ??= element == document.body ? "" : String(document.querySelectorAll("[data-at]").length + 1)
      return element.dataset.at
    })
    if (!at || reached.has(at)) break
    reached.add(at)
  }
  return reached
}

for (const [path, viewport] of [["index.html", wide], ["01-udp-parity/index.html", wide], ["start.html", phone]]) {
  test(`${path} at ${viewport.width}: the keyboard reaches everything`, async (t) => {
    const { page } = await open(t, path, { viewport })
    const reached = await reach(page)
    const unreached = await page.evaluate(() =>
      [...document.querySelectorAll("a[href], button, input, summary")]
        .filter((element) => element.checkVisibility({ visibilityProperty: true, opacityProperty: true }))
        .filter((element) => !element.dataset.at && !element.matches(".md-toggle, .md-search button"))
        .map((element) => element.outerHTML.slice(0, 120)),
    )
    assert.ok(reached.size > 5)
    assert.deepEqual(unreached, [])
  })
}

test("the keyboard alone switches to dark and back", async (t) => {
  const { page } = await open(t, "index.html")
  await page.getByRole("button", { name: "Switch to dark" }).focus()
  await page.keyboard.press("Enter")
  await page.locator("button:focus[aria-label='Switch to light']").waitFor()
  assert.equal(await page.evaluate(() => document.body.dataset.mdColorScheme), "slate")
  await page.keyboard.press("Space")
  await page.locator("button:focus[aria-label='Switch to dark']").waitFor()
  assert.equal(await page.evaluate(() => document.body.dataset.mdColorScheme), "default")
})

test("on a phone the keyboard opens the list of pages, and picks one", async (t) => {
  const { page } = await open(t, "index.html", { viewport: phone })
  const link = page.locator(".pages").getByRole("link", { name: "Where to start" })
  assert.equal(await link.isVisible(), false)
  await page.getByRole("button", { name: "Pages" }).focus()
  await page.keyboard.press("Enter")
  await link.waitFor()
  await link.focus()
  await page.keyboard.press("Enter")
  await page.waitForURL("**/start.html")
})

test("a page that is not there says so, at any depth", async (t) => {
  const { page } = await open(t, "index.html")
  for (const path of ["nowhere", "01-udp-parity/nowhere/at/all"]) {
    const response = await page.goto(url + path)
    assert.equal(response.status(), 404)
    assert.equal(await page.evaluate(() => getComputedStyle(document.querySelector(".terminal")).whiteSpace), "pre-wrap")
    await page.locator("article").getByRole("link", { name: "home page" }).click()
    await page.waitForURL(url + "index.html")
  }
})

test("the card, the icon and their words are there", async (t) => {
  const { page } = await open(t, lessons[0])
  const head = await page.evaluate(() => {
    const said = (name) => document.querySelector(`meta[property="og:${name}"]`)?.content
    return { title: said("title"), description: said("description"), image: said("image"), icon: document.querySelector("[rel=icon]").href }
  })
  assert.match(head.title, /^01 · udp-parity$/)
  assert.match(head.description, /^How does one program/)
  assert.ok(head.image.endsWith(base + "assets/card.png"), head.image)
  assert.ok(existsSync(join(built, "assets/card.png")))
  assert.ok(existsSync(join(built, head.icon.slice(url.length))))
})

test("on paper there is the text, in black, and what was folded", async (t) => {
  const { page } = await open(t, lessons[0], { colorScheme: "dark" })
  await page.emulateMedia({ media: "print" })
  const seen = await page.evaluate(() => {
    const visible = (selector) => document.querySelector(selector).checkVisibility()
    return {
      header: visible(".md-header"),
      pages: visible(".md-sidebar"),
      text: visible("article p"),
      ink: getComputedStyle(document.querySelector("article p")).color,
      terminal: getComputedStyle(document.querySelector(".terminal")).color,
    }
  })
  assert.deepEqual(seen, { header: false, pages: false, text: true, ink: "rgb(0, 0, 0)", terminal: "rgb(0, 0, 0)" })
})
