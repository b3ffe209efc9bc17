// Saves a file: created in the page, offered to the browser as a download.

/** How long the browser may take to start the download. */
const KEPT_MS = 60_000

/** "2026-11-29 14.03": a time in the name of a file, valid on every file system. Pure; `at` is epoch ms. */
export function stampOf(at: number): string {
  const date = new Date(at)
  const two = (part: number): string => String(part).padStart(2, '0')
  const day = `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`
  return `${day} ${two(date.getHours())}.${two(date.getMinutes())}`
}

/** Offers a text in parts as a download. */
export function saveParts(
  parts: string[],
  { fileName, type }: { readonly fileName: string; readonly type: string },
): void {
  saveBlob(new Blob(parts, { type }), fileName)
}

/** Offers a file as a download. */
export function saveBlob(file: Blob, fileName: string): void {
  const url = URL.createObjectURL(file)
  const anchor = document.createElement('a')
  anchor.href = url
  anchor.download = fileName
  anchor.click()
  setTimeout(() => URL.revokeObjectURL(url), KEPT_MS)
}
