// Draws the card that is shown where somebody links to the site:
//
//	node card.js
import { fileURLToPath } from "node:url"
import { launch } from "./site.js"

const wire = `
  <svg width="1200" height="630" viewBox="0 0 1200 630" xmlns="http://www.w3.org/2000/svg">
    <rect width="1200" height="630" fill="#14201f"/>
    <g font-family="Charter, Cambria, 'DejaVu Serif', serif" fill="#f4efe6" text-anchor="middle">
      <text x="600" y="220" font-size="112" font-weight="700">Both Ends</text>
      <text x="600" y="292" font-size="36" fill="#c9d2d0">Socket programming in Go, both ends of it</text>
    </g>
    <path d="M190 440H1010" stroke="#f4efe6" stroke-width="3"/>
    <circle cx="170" cy="440" r="32" fill="#5fd0c0"/>
    <circle cx="1030" cy="440" r="32" fill="#f0b35a"/>
    <g font-family="Menlo, Consolas, 'DejaVu Sans Mono', monospace" font-size="28" text-anchor="middle">
      <text x="170" y="528" fill="#5fd0c0">server</text>
      <text x="1030" y="528" fill="#f0b35a">client</text>
      <text x="600" y="420" fill="#f0b35a">◂ "four"</text>
      <text x="600" y="482" fill="#5fd0c0">"OK" ▸</text>
    </g>
  </svg>`

const browser = await launch()
const page = await browser.newPage({ viewport: { width: 1200, height: 630 } })
await page.setContent(`<style>body { margin: 0 } svg { display: block }</style>${wire}`)
await page.screenshot({ path: fileURLToPath(new URL("../theme/assets/card.png", import.meta.url)) })
await browser.close()
