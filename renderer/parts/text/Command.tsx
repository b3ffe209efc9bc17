// A command of AWS's own tool, in mono, with a button that copies it.

import './command.css'
import type { ReactNode } from 'react'
import type { WireError } from '../../../shared/errors'
import { shownSentence } from '../../../shared/foreigntext'
import { CopyButton } from '../controls/CopyButton'

/** A command to be run in a terminal of the computer; the whole of it stands in its tooltip where it is cut. */
export function Command({ text }: { readonly text: string }): ReactNode {
  return (
    <span className="command-line mono">
      <code title={text}>{shownSentence(text)}</code>
      <CopyButton text={text} label="Copy command" />
    </span>
  )
}

/** The command that mends an error, or shows its cause; nothing without a command. */
export function CommandOf({ error }: { readonly error: WireError | undefined }): ReactNode {
  return error?.command === undefined ? null : <Command text={error.command} />
}
