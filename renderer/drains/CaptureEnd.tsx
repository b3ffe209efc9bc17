// What a person can do about a session that was not opened because its output must be kept and cannot be.

import type { ReactNode } from 'react'
import type { WireError } from '../../shared/errors'
import { usePage } from '../context'
import { Button } from '../parts/controls/Button'
import { showSettings } from '../settings/sections'

/** The button that leads to the settings of recordings and drains; renders nothing for other failures. */
export function CaptureEnd({ error }: { readonly error: WireError | undefined }): ReactNode {
  const page = usePage()
  if (error?.code !== 'drain-unreachable' && error?.code !== 'recording-failed') return null
  const isDrain = error.code === 'drain-unreachable'
  return (
    <Button size="small" onClick={() => showSettings(page, isDrain ? 'drains' : 'output')}>
      {isDrain ? 'Show drains' : 'Recording settings'}
    </Button>
  )
}
