// Loads the recording that is played: its file through the core, and the code that draws it.

import { useEffect, useState } from 'react'
import { toWireError, type WireError } from '../../shared/errors'
import { usePage } from '../context'
import type { Cast } from './cast'
import type { Draw } from './draw'
import { loadCast } from './load'

/** What there is to play. */
export type CastState =
  | { readonly kind: 'loading'; readonly bytes: number }
  | { readonly kind: 'failed'; readonly error: WireError }
  | { readonly kind: 'ready'; readonly cast: Cast; readonly isCut: boolean; readonly draw: Draw }

const NO_RECORDING: WireError = {
  code: 'recording-failed',
  message:
    'The file is no recording in the asciicast v2 format. Export it to look at it with another program, or delete it.',
}

/** The recording of this id. Loading it ends with the view. */
export function useCast(recordingId: string): CastState {
  const page = usePage()
  const [state, setState] = useState<CastState>({ kind: 'loading', bytes: 0 })
  useEffect(() => {
    const leaving = new AbortController()
    const { signal } = leaving
    const load = async (): Promise<void> => {
      const drawing = import('./draw')
      // The loading of the code is awaited below. Until then its failure must not count as unhandled.
      drawing.catch(() => undefined)
      const read = (offset: number) => page.request('recording.read', { recordingId, offset })
      try {
        const { cast, isCut } = await loadCast(read, {
          signal,
          onBytes: (bytes) => setState({ kind: 'loading', bytes }),
        })
        if (cast === undefined) return setState({ kind: 'failed', error: NO_RECORDING })
        const { draw } = await drawing
        if (!signal.aborted) setState({ kind: 'ready', cast, isCut, draw })
      } catch (error) {
        if (!signal.aborted) setState({ kind: 'failed', error: toWireError(error) })
      }
    }
    void load()
    return () => leaving.abort(new Error('the recording is no longer shown'))
  }, [page, recordingId])
  return state
}
