// Saves a terminal's text as a file.

import { saveParts, stampOf } from '../../parts/save'

/** "web-1 2026-11-29 14.03.txt": a name that is valid on every file system. Pure; `at` is epoch ms. */
export function fileNameOf(label: string, at: number): string {
  const plain = label
    .replaceAll(/[^\p{L}\p{N} ._-]+/gu, '_')
    .replace(/^[ .]+/, '')
    .slice(0, 80)
  return `${plain === '' ? 'terminal' : plain} ${stampOf(at)}.txt`
}

/** Offers the text as a download. */
export function saveText(text: string, fileName: string): void {
  saveParts([text], { fileName, type: 'text/plain' })
}
