// An AWS CLI command, in monospace, with a button that copies it.

import './command.css'
import type { ReactNode } from 'react'
import type { WireError } from '../../../shared/errors'
import { shownSentence } from '../../../shared/foreigntext'
import { CopyButton } from '../controls/CopyButton'

/** A command to run in a terminal of this computer; if it is cut, its tooltip shows all of it. */
export function Command({ text }: { readonly text: string }): ReactNode {
  return (
    <span className="command-line mono">
      <code title={text}>{shownSentence(text)}</code>
      <CopyButton text={text} label="Copy command" />
    </span>
  )
}

/** The command that fixes an error or shows its cause; renders nothing if the error has none. */
export function CommandOf({ error }: { readonly error: WireError | undefined }): ReactNode {
  return error?.command === undefined ? null : <Command text={error.command} />
}
