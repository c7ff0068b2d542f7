// Has axe-core look for what keeps people out, on every page.
import assert from "node:assert/strict"
import { readFileSync } from "node:fs"
import { createRequire } from "node:module"
import { join } from "node:path"
import { after, before, test } from "node:test"
import { pathToFileURL } from "node:url"
import { built, launch, pages, serve } from "./site.js"

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8")
const wide = { width: 1360, height: 900 }
const phone = { width: 390, height: 844 }

let browser, server, url

before(async () => {
  ;({ server, url } = await serve())
  browser = await launch()
})

after(async () => {
  await browser?.close()
  server?.close()
})

const looks = {
  "light": { viewport: wide, colorScheme: "light" },
  "dark, from disk": { viewport: wide, colorScheme: "dark" },
  "dark, on a phone": { viewport: phone, colorScheme: "dark" },
}

for (const [look, options] of Object.entries(looks)) {
  test(look, async (t) => {
    const page = await browser.newPage(options)
    t.after(() => page.close())
    for (const path of [...pages, "404.html"]) {
      const disk = look.includes("from disk")
      if (disk && path == "404.html") continue // it is for web hosts
      await t.test(`${path}: axe finds nothing`, async () => {
        await page.goto(disk ? pathToFileURL(join(built, path)).href : url + path)
        await page.evaluate(() => document.querySelectorAll("details").forEach((details) => (details.open = true)))
        await page.evaluate(axe)
        const { violations } = await page.evaluate(() => globalThis.axe.run({ resultTypes: ["violations"] }))
        assert.deepEqual(
          violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html.slice(0, 150)).slice(0, 3).join(" | ")}`),
          [],
        )
      })
    }
  })
}
