// The warning where recording or a drain is switched on.

import { TriangleAlert } from 'lucide-react'
import type { ReactNode } from 'react'
import { CAPTURE_WARNING } from '../../shared/capturewords'

/** Says what output may hold. `title`: what happens to it, with its full stop. */
export function Caution({ title }: { readonly title: string }): ReactNode {
  return (
    <div className="caution">
      <TriangleAlert size={14} strokeWidth={1.75} aria-hidden="true" />
      <p>
        <strong>{title}</strong> {CAPTURE_WARNING}
      </p>
    </div>
  )
}
