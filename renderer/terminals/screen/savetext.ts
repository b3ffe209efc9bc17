// Saves a terminal's text as a file: created in the page, offered to the browser as a download.

/** How long the browser may take to start the download. */
const KEPT_MS = 60_000

/** "web-1 2026-11-29 14.03.txt": a name that is valid on every file system. Pure; `at` is epoch ms. */
export function fileNameOf(label: string, at: number): string {
  const date = new Date(at)
  const two = (part: number): string => String(part).padStart(2, '0')
  const day = `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`
  const plain = label
    .replaceAll(/[^\p{L}\p{N} ._-]+/gu, '_')
    .replace(/^[ .]+/, '')
    .slice(0, 80)
  return `${plain === '' ? 'terminal' : plain} ${day} ${two(date.getHours())}.${two(date.getMinutes())}.txt`
}

/** Offers the text as a download. */
export function saveText(text: string, fileName: string): void {
  const url = URL.createObjectURL(new Blob([text], { type: 'text/plain' }))
  const anchor = document.createElement('a')
  anchor.href = url
  anchor.download = fileName
  anchor.click()
  setTimeout(() => URL.revokeObjectURL(url), KEPT_MS)
}
