// Takes pictures of all pages, light and dark, wide and narrow, to look at:
//
//	node pictures.js FOLDER [page …]
import { mkdirSync } from "node:fs"
import { join } from "node:path"
import { launch, pages, serve } from "./site.js"

const tall = 1600 // a picture's height; a longer page takes several

const [folder, ...some] = process.argv.slice(2)
mkdirSync(folder, { recursive: true })
const { server, url } = await serve()
const browser = await launch()
for (const colorScheme of ["light", "dark"]) {
  for (const [name, width, height] of [["wide", 1360, 900], ["phone", 390, 844]]) {
    const page = await browser.newPage({ colorScheme, viewport: { width, height } })
    for (const path of some.length ? some : [...pages, "404.html"]) {
      await page.goto(url + path)
      const file = path.replace(/(\/index)?\.html$/, "").replaceAll("/", "-")
      const whole = await page.evaluate(() => document.documentElement.scrollHeight)
      for (let y = 0, n = 1; y < whole; y += tall, n++) {
        await page.screenshot({
          path: join(folder, `${file}-${name}-${colorScheme}-${n}.png`),
          clip: { x: 0, y, width, height: Math.min(tall, whole - y) },
          fullPage: true,
        })
      }
    }
    await page.close()
  }
}
await browser.close()
server.close()
