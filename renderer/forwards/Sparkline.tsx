// The throughput of a forward over the last two minutes, as a line without axes.

import type { ReactNode } from 'react'
import { sparkPoints } from './words/figures'

/** Two minutes at one sample every 3 s, as the core sends them. */
const SAMPLES = 40

const BOX = { width: 100, height: 26, samples: SAMPLES } as const

/** A line of bytes per second, oldest first. It keeps its place in the layout while there is no line to draw. */
export function Sparkline({ history }: { readonly history: readonly number[] }): ReactNode {
  const points = sparkPoints(history, BOX)
  const left = points.split(',', 1)[0] ?? '0'
  const right = points.split(' ').at(-1)?.split(',', 1)[0] ?? '0'
  return (
    <svg
      className="spark"
      viewBox={`0 0 ${BOX.width} ${BOX.height}`}
      preserveAspectRatio="none"
      role="img"
      aria-label="Rate over the last two minutes"
    >
      {points !== '' && (
        <>
          <polygon className="area" points={`${left},${BOX.height} ${points} ${right},${BOX.height}`} />
          <polyline className="line" points={points} vectorEffect="non-scaling-stroke" />
        </>
      )}
    </svg>
  )
}
