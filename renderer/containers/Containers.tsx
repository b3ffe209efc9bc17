// The services and containers of Amazon ECS in the shown environment: find one, see whether it can be reached, open a shell in it, a
// forward through it, or an ephemeral session like it.

import './containers.css'
import { useDeferredValue, useMemo, useRef, useState, type KeyboardEvent, type ReactNode } from 'react'
import type { Snapshot } from '../../shared/model/snapshot'
import { usePage, usePageState } from '../context'
import { Banner } from '../parts/Banner'
import { NoMatch, StaleBanner } from '../parts/rows/ListFailures'
import { ContainerDetail, ServiceDetail } from './Detail'
import { Grid, type GridHandle } from './Grid'
import { containerKey, containerRows, filterContainers, serviceKey } from './listing'
import { NothingListed } from './Missing'
import { Toolbar } from './Toolbar'
import { useWatch } from './useWatch'

const NONE: readonly string[] = []

/** The part of the state that the list depends on. */
type Listed = Pick<Snapshot, 'containers' | 'environment'>

function List({ containers, environment }: Listed): ReactNode {
  const page = usePage()
  const typed = usePageState((state) => state.containerFilter)
  const filter = useDeferredValue(typed)
  const folds = usePageState((state) => state.containerFolds)
  const selectedKey = usePageState((state) => state.selectedContainer)
  // A filter opens all rows. Rows folded while filtering are folded for this filter only.
  const [filterFolds, setFilterFolds] = useState({ of: '', keys: NONE })
  const grid = useRef<GridHandle>(null)
  const { services, items, state, notices } = containers
  const isFiltered = filter.trim() !== ''
  const folded = isFiltered ? (filterFolds.of === filter ? filterFolds.keys : NONE) : folds
  const rows = useMemo(
    () => containerRows({ services, items, filter, folded: new Set(folded) }),
    [services, items, filter, folded],
  )
  const shownCount = useMemo(() => filterContainers(items, filter).length, [items, filter])
  const fold = (key: string): void => {
    const keys = folded.includes(key) ? folded.filter((each) => each !== key) : [...folded, key]
    if (isFiltered) setFilterFolds({ of: filter, keys })
    else page.arrange({ containerFolds: keys })
  }
  const selected = useMemo(
    () => ({
      container: items.find((each) => containerKey(each) === selectedKey),
      service: services.find((each) => serviceKey(each) === selectedKey),
    }),
    [items, services, selectedKey],
  )
  const isDetailOpen = selected.container !== undefined || selected.service !== undefined
  const closeDetail = (): void => {
    page.arrange({ selectedContainer: undefined })
    grid.current?.focus()
  }
  const press = (event: KeyboardEvent): void => {
    if (event.key !== 'Escape' || !isDetailOpen || event.defaultPrevented) return
    event.preventDefault()
    closeDetail()
  }
  const isEmpty = items.length === 0 && services.length === 0
  const setFilter = (containerFilter: string): void => page.arrange({ containerFilter })
  return (
    // Esc closes the detail wherever the focus is in the view.
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-element-interactions
    <section
      className={isDetailOpen ? 'view listing containers with-detail' : 'view listing containers'}
      aria-labelledby="containers-title"
      aria-busy={state.kind === 'loading'}
      onKeyDown={press}
    >
      <div className="list">
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
          {!isEmpty &&
            notices.map((notice) => (
              <Banner key={notice} tone="waiting" title="This list may be incomplete.">
                {notice}
              </Banner>
            ))}
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
      </div>
      {selected.container !== undefined && <ContainerDetail container={selected.container} onClose={closeDetail} />}
      {selected.service !== undefined && <ServiceDetail service={selected.service} onClose={closeDetail} />}
    </section>
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
