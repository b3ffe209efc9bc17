// Shows the lines of a paste that a shell would run at once, and asks for confirmation.

import { useRef, type ReactNode } from 'react'
import { Button } from '../parts/controls/Button'
import { Dialog } from '../parts/floats/Dialog'
import { ForeignName } from '../parts/text/Foreign'
import type { AskedPaste } from './screen/useScreen'

/** Enough lines to recognise the paste. */
const SHOWN_LINES = 10
const SHOWN_CHARACTERS = 120

interface PasteQuestionProps {
  readonly paste: AskedPaste
  /** The terminal's label. */
  readonly label: string
  readonly onClose: () => void
}

/** The question. The safe button has the focus. */
export function PasteQuestion({ paste, label, onClose }: PasteQuestionProps): ReactNode {
  const { lines, go } = paste
  const safe = useRef<HTMLButtonElement>(null)
  const more = lines.length - SHOWN_LINES
  const title = (
    <>
      Paste {lines.length} lines into <ForeignName text={label} />?
    </>
  )
  return (
    <Dialog title={title} onClose={onClose} firstFocus={safe}>
      <div className="body pasted">
        <p>The shell runs each line as it comes.</p>
        <pre>
          {lines.slice(0, SHOWN_LINES).map((line, index) => (
            // Lines can repeat, so they are identified by their position.
            // oxlint-disable-next-line react/no-array-index-key
            <span key={index}>
              <ForeignName text={line.slice(0, SHOWN_CHARACTERS)} />
              {line.length > SHOWN_CHARACTERS && '…'}
              {'\n'}
            </span>
          ))}
        </pre>
        {more > 0 && <p>and {more === 1 ? 'one more line' : `${more} more lines`}</p>}
      </div>
      <footer>
        <Button ref={safe} size="large" onClick={onClose}>
          Don’t paste
        </Button>
        <Button
          size="large"
          variant="primary"
          onClick={() => {
            onClose()
            go()
          }}
        >
          Paste {lines.length} lines
        </Button>
      </footer>
    </Dialog>
  )
}
