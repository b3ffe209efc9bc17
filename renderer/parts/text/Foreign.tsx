// Text from outside as it is shown: on its own for the direction of writing, with a mark for each character that does not show.
//
// For attributes, inputs and live regions there are shownName and shownSentence of shared/foreigntext.ts, which say the same.

import type { ReactNode } from 'react'
import { namePieces, sentencePieces, type ForeignPiece } from '../../../shared/foreigntext'

/** What a foreign text is told. */
export interface ForeignProps {
  /** As it came. */
  readonly text: string
}

function Mark({ text, code }: { readonly text: string; readonly code: number }): ReactNode {
  return (
    <span
      className="unseen"
      title={`A character that does not show: U+${code.toString(16).toUpperCase().padStart(4, '0')}`}
    >
      {text}
    </span>
  )
}

function drawn(pieces: readonly ForeignPiece[], draw: (text: string) => ReactNode): ReactNode {
  return pieces.map((piece, index) =>
    // Pieces have no identity but their place.
    piece.kind === 'mark' ? (
      <Mark key={index} text={piece.text} code={piece.code} />
    ) : (
      <span key={index}>{draw(piece.text)}</span>
    ),
  )
}

/** A name, an id, a value: whatever must not be taken for another one. `draw` draws what shows of it, as with a match in it. */
export function ForeignName({ text, draw }: ForeignProps & { readonly draw?: (text: string) => ReactNode }): ReactNode {
  const pieces = namePieces(text)
  const [only] = pieces
  if (draw === undefined && pieces.length === 1 && only?.kind === 'text') return <bdi>{only.text}</bdi>
  return <bdi>{drawn(pieces, draw ?? ((piece) => piece))}</bdi>
}

/** A sentence of AWS, an agent or the core, which may quote a name. */
export function ForeignSentence({ text }: ForeignProps): ReactNode {
  const pieces = sentencePieces(text)
  const [only] = pieces
  if (pieces.length === 1 && only?.kind === 'text') return <bdi>{only.text}</bdi>
  return <bdi>{drawn(pieces, (piece) => piece)}</bdi>
}

/** What a part was given to say: a text alone is a sentence, anything else is drawn as it is. */
export function Said({ children }: { readonly children: ReactNode }): ReactNode {
  return typeof children === 'string' ? <ForeignSentence text={children} /> : children
}
