// Which of its two lists the Instances view shows: machines, or the containers of Amazon ECS.

import { useEffect, useRef, type ReactNode } from 'react'
import { usePage, usePageState } from '../context'
import { Segments } from '../parts/controls/Segments'

/** Set by a choice until the other list has taken over the focus: each list has a bar of its own, which appears with it. */
let isFocusDue = false

/** The choice. The numbers are shown once the lists are known. */
export function Parts(): ReactNode {
  const page = usePage()
  const part = usePageState((state) => state.listPart)
  const instances = usePageState(({ snapshot }) => snapshot?.instances.total ?? snapshot?.instances.items.length ?? 0)
  const containers = usePageState(({ snapshot }) => snapshot?.containers.items.length ?? 0)
  const count = (number: number): ReactNode =>
    number === 0 ? null : <span className="number faint">{number.toLocaleString('en')}</span>
  const box = useRef<HTMLDivElement>(null)
  useEffect(() => {
    if (!isFocusDue) return
    isFocusDue = false
    box.current?.querySelector<HTMLElement>('[aria-checked="true"]')?.focus()
  }, [])
  return (
    <div className="parts" ref={box}>
      <Segments
        label="Listed"
        value={part}
        onChange={(listPart) => {
          isFocusDue = true
          page.arrange({ listPart })
        }}
        segments={[
          { value: 'instances', label: <>Instances {count(instances)}</> },
          { value: 'containers', label: <>Containers {count(containers)}</> },
        ]}
      />
    </div>
  )
}
