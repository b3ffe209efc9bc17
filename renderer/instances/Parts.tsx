// Which of its two lists the Instances view shows: machines, or the containers of Amazon ECS.

import type { ReactNode } from 'react'
import { usePage, usePageState } from '../context'
import { Segments } from '../parts/controls/Segments'

/** The choice. The numbers are shown once the lists are known. */
export function Parts(): ReactNode {
  const page = usePage()
  const part = usePageState((state) => state.listPart)
  const instances = usePageState(({ snapshot }) => snapshot?.instances.total ?? snapshot?.instances.items.length ?? 0)
  const containers = usePageState(({ snapshot }) => snapshot?.containers.items.length ?? 0)
  const count = (number: number): ReactNode =>
    number === 0 ? null : <span className="number faint">{number.toLocaleString('en')}</span>
  return (
    <Segments
      label="Listed"
      value={part}
      onChange={(listPart) => page.arrange({ listPart })}
      segments={[
        { value: 'instances', label: <>Instances {count(instances)}</> },
        { value: 'containers', label: <>Containers {count(containers)}</> },
      ]}
    />
  )
}
