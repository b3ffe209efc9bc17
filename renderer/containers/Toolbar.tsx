// The bar above the containers: filter, the age of the list, and its refresh.

import type { ReactNode } from 'react'
import { usePageState } from '../context'
import { Bar, type ToolbarProps } from '../instances/Bar'

/** The toolbar. */
export function Toolbar(props: ToolbarProps): ReactNode {
  const listedAt = usePageState((state) => state.snapshot?.containers.listedAt)
  return (
    <Bar
      {...props}
      list="containers"
      title="Containers"
      placeholder="Filter by name, cluster, task or state"
      listedAt={listedAt}
    />
  )
}
