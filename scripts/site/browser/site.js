// What the tests and the tools share: the built site, served on loopback, and
// Chromium as the system has it, which looks at it.
import { createReadStream, existsSync, readdirSync, statSync } from "node:fs"
import { createServer } from "node:http"
import { extname, join, normalize } from "node:path"
import { fileURLToPath } from "node:url"
import { createGzip } from "node:zlib"
import { chromium } from "playwright-core"

export const root = fileURLToPath(new URL("../../..", import.meta.url))
export const built = process.env.SITE_DIR || join(root, "site")

// The path that the published site has, as in mkdocs.yml.
export const base = "/both-ends/"

// pages lists the built pages, such as 01-udp-parity/index.html.
export const pages = !existsSync(built) ? [] : readdirSync(built, { recursive: true })
  .filter((name) => name.endsWith(".html") && !name.startsWith("assets") && name !== "404.html")
  .sort()

const types = {
  ".css": "text/css",
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript",
  ".json": "application/json",
  ".png": "image/png",
  ".svg": "image/svg+xml",
}

// serve serves the built site at a free port, compressed as a web host does,
// with its 404 page for what is not there. It returns the server and its URL.
export function serve() {
  const server = createServer((request, response) => {
    const path = decodeURIComponent(new URL(request.url, "http://localhost").pathname)
    let file = path.startsWith(base) ? join(built, normalize("/" + path.slice(base.length))) : ""
    if (existsSync(file) && statSync(file).isDirectory()) file = join(file, "index.html")
    let status = 200
    if (!existsSync(file)) [file, status] = [join(built, "404.html"), 404]
    response.writeHead(status, {
      "content-encoding": "gzip",
      "content-type": types[extname(file)] || "application/octet-stream",
    })
    createReadStream(file).pipe(createGzip({ level: 9 })).pipe(response)
  })
  return new Promise((resolve) => {
    server.listen(0, "127.0.0.1", () => {
      resolve({ server, url: `http://127.0.0.1:${server.address().port}${base}` })
    })
  })
}

// launch starts Chromium. It has a fresh profile, and calls nobody by itself.
export function launch() {
  return chromium.launch({
    executablePath: ["/usr/bin/chromium", "/usr/bin/google-chrome"].find((path) => existsSync(path)),
    args: [
      "--no-sandbox",
      "--disable-gpu",
      "--disable-quic",
      "--no-first-run",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
    ],
  })
}
