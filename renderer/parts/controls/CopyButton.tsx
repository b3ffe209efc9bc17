// An icon button that copies a text.

import { Check, Copy } from 'lucide-react'
import type { ReactNode } from 'react'
import { useCopy } from './clipboard'
import { IconButton } from './IconButton'

/** The props of a copy button. */
export interface CopyButtonProps {
  readonly text: string
  /** Its accessible name: "Copy id". */
  readonly label: string
}

/** Copies `text`, and shows "Copied" for a moment. */
export function CopyButton({ text, label }: CopyButtonProps): ReactNode {
  const { isCopied, copy } = useCopy(text)
  return <IconButton size="small" icon={isCopied ? Check : Copy} label={isCopied ? 'Copied' : label} onClick={copy} />
}
