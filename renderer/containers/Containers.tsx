// The services and containers of Amazon ECS in the shown environment: find one, see whether it can be reached, open a shell in it, a
// forward through it, or an ephemeral session like it.

import './containers.css'
import { useDeferredValue, useMemo, useRef, type ReactNode } from 'react'
import type { Snapshot } from '../../shared/model/snapshot'
import { usePage, usePageState } from '../context'
import { NoMatch, Notices, StaleBanner } from '../parts/rows/ListFailures'
import { ListView } from '../parts/rows/ListView'
import { useFolds } from '../parts/rows/useFolds'
import { ContainerDetail, ServiceDetail } from './Detail'
import { Grid, type GridHandle } from './Grid'
import { containerKey, containerRows, filterContainers, serviceKey } from './listing'
import { NothingListed } from './Missing'
import { Toolbar } from './Toolbar'
import { useWatch } from './useWatch'

/** The part of the state that the list depends on. */
type Listed = Pick<Snapshot, 'containers' | 'environment'>

function List({ containers, environment }: Listed): ReactNode {
  const page = usePage()
  const typed = usePageState((state) => state.containerFilter)
  const filter = useDeferredValue(typed)
  const folds = usePageState((state) => state.containerFolds)
  const selectedKey = usePageState((state) => state.selectedContainer)
  const grid = useRef<GridHandle>(null)
  const { services, items, state, notices } = containers
  const isFiltered = filter.trim() !== ''
  const { folded, fold } = useFolds({
    lasting: folds,
    onLasting: (containerFolds) => page.arrange({ containerFolds }),
    filter: isFiltered ? filter : undefined,
  })
  const rows = useMemo(
    () => containerRows({ services, items, filter, folded: new Set(folded) }),
    [services, items, filter, folded],
  )
  const shownCount = useMemo(() => filterContainers(items, filter).length, [items, filter])
  const selected = useMemo(
    () => ({
      container: items.find((each) => containerKey(each) === selectedKey),
      service: services.find((each) => serviceKey(each) === selectedKey),
    }),
    [items, services, selectedKey],
  )
  const closeDetail = (): void => {
    page.arrange({ selectedContainer: undefined })
    grid.current?.focus()
  }
  const isEmpty = items.length === 0 && services.length === 0
  const detail =
    selected.container !== undefined ? (
      <ContainerDetail container={selected.container} onClose={closeDetail} />
    ) : selected.service !== undefined ? (
      <ServiceDetail service={selected.service} onClose={closeDetail} />
    ) : undefined
  const setFilter = (containerFilter: string): void => page.arrange({ containerFilter })
  return (
    <ListView name="containers" isLoading={state.kind === 'loading'} detail={detail} onCloseDetail={closeDetail}>
      <Toolbar
        filter={typed}
        onFilter={setFilter}
        onEnterList={() => grid.current?.focus()}
        shownWords={isFiltered ? `${shownCount} of ${items.length}` : ''}
      />
      <div className="banners">
        {state.kind === 'failed' && !isEmpty && environment.login === undefined && (
          <StaleBanner state={state} onRetry={() => void page.ask('containers.refresh', {})} />
        )}
        {!isEmpty && <Notices notices={notices} />}
      </div>
      {isEmpty ? (
        <NothingListed environment={environment} containers={containers} />
      ) : rows.length === 0 ? (
        <NoMatch
          filter={filter}
          title="No container matches"
          before="No service and no container has"
          after="in its name, cluster, task, image or state."
          onClear={() => setFilter('')}
        />
      ) : (
        <Grid rows={rows} services={services} onFold={fold} ref={grid} />
      )}
    </ListView>
  )
}

/** The containers, as the second list of the Instances view. */
export function Containers(): ReactNode {
  const containers = usePageState((state) => state.snapshot?.containers)
  const environment = usePageState((state) => state.snapshot?.environment)
  useWatch()
  if (containers === undefined || environment === undefined) return null
  return <List containers={containers} environment={environment} />
}
