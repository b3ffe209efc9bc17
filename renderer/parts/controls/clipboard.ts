// Copies to the clipboard and confirms it.

import { useEffect, useState } from 'react'
import { usePage } from '../../context'

const SAID_MS = 1_500

/** Copies a text: `isCopied` is true for a moment after it succeeded. A refusal becomes a toast. `said`: announced in place of the text. */
export function useCopy(text: string, said = text): { readonly isCopied: boolean; readonly copy: () => void } {
  const page = usePage()
  const [copiedCount, setCopiedCount] = useState(0)
  const [isCopied, setCopied] = useState(false)
  useEffect(() => {
    if (copiedCount === 0) return
    const timer = setTimeout(() => setCopied(false), SAID_MS)
    return () => clearTimeout(timer)
  }, [copiedCount])

  const copy = (): void => {
    navigator.clipboard.writeText(text).then(
      () => {
        setCopied(true)
        setCopiedCount((count) => count + 1)
        page.announce(`Copied ${said}.`)
      },
      () =>
        page.toast({
          tone: 'failed',
          title: 'Not copied.',
          text: 'The browser denied access to the clipboard. Select the text and copy it.',
        }),
    )
  }
  return { isCopied, copy }
}
