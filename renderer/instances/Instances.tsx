// The instances of the shown environment: find one, look at its details, open a terminal on it or a forward through it. The containers are
// the second list of this view.

import { lazy, Suspense, useDeferredValue, useMemo, useRef, type ReactNode } from 'react'
import type { Snapshot } from '../../shared/model/snapshot'
import { usePage, usePageState } from '../context'
import { isShown } from '../forwards/listing'
import { Banner } from '../parts/Banner'
import { Button } from '../parts/controls/Button'
import { NoMatch, Notices, StaleBanner } from '../parts/rows/ListFailures'
import { ListView } from '../parts/rows/ListView'
import { useFolds } from '../parts/rows/useFolds'
import { Skeleton } from '../parts/Skeleton'
import { Detail } from './Detail'
import { Grid, type GridHandle } from './Grid'
import { countShown, environmentTagOf, filterInstances, listRows, sharedNames, sortedBy, widestOf } from './listing'
import { NothingListed } from './Missing'
import { BY_SETS, setGroups } from './setgroups'
import { Toolbar } from './Toolbar'

const NONE: readonly string[] = []

// Loaded when it is first shown.
const Containers = lazy(async () => ({ default: (await import('../containers/Containers')).Containers }))

/** The part of the state that the list depends on; changes of other parts do not render it again. */
type Listed = Pick<Snapshot, 'instances' | 'environment' | 'settings' | 'targets'>

function List({ instances, environment, settings, targets }: Listed): ReactNode {
  const page = usePage()
  const selectedId = usePageState((state) => state.selectedInstance)
  const nowAt = usePageState((state) => state.nowAt)
  const typed = usePageState((state) => state.instanceFilter)
  // The typed text is shown at once; a list of 10,000 instances follows it.
  const filter = useDeferredValue(typed)
  const folds = usePageState((state) => state.instanceFolds)
  const sort = usePageState((state) => state.instanceSort)
  const grid = useRef<GridHandle>(null)
  const { items, state, notices } = instances
  const { groupTag } = settings
  const isFiltered = filter.trim() !== ''
  // Folds apply only to the tag under which they were made.
  const { folded, fold } = useFolds({
    lasting: folds.tag === groupTag ? folds.values : NONE,
    onLasting: (values) => page.arrange({ instanceFolds: { tag: groupTag, values } }),
    filter: isFiltered ? `${groupTag}\n${filter}` : undefined,
  })
  const environmentTag = useMemo(() => environmentTagOf(items), [items])
  const isBySets = groupTag === BY_SETS
  const sets = useMemo(
    () =>
      isBySets
        ? setGroups(
            items,
            targets.filter((target) => isShown(target.environment, environment)),
          )
        : [],
    [isBySets, items, targets, environment],
  )
  const rows = useMemo(
    () => listRows(items, { filter, groupTag, sets, folded: new Set(folded), sort, environmentTag }),
    [items, filter, groupTag, sets, folded, sort, environmentTag],
  )
  const widths = useMemo(() => widestOf(items, environmentTag, nowAt), [items, environmentTag, nowAt])
  const shared = useMemo(() => sharedNames(items), [items])
  const shownCount = useMemo(
    () => (isBySets ? filterInstances(items, filter).length : countShown(rows)),
    [isBySets, items, filter, rows],
  )
  const selected = useMemo(() => items.find(({ id }) => id === selectedId), [items, selectedId])
  const setFilter = (instanceFilter: string): void => page.arrange({ instanceFilter })
  const closeDetail = (): void => {
    page.selectInstance(undefined)
    grid.current?.focus()
  }
  const isFound = shownCount > 0

  return (
    <ListView
      name="instances"
      isLoading={state.kind === 'loading'}
      detail={selected && <Detail instance={selected} onClose={closeDetail} />}
      onCloseDetail={closeDetail}
    >
      <Toolbar
        filter={typed}
        onFilter={setFilter}
        onEnterList={() => grid.current?.focus()}
        shownWords={isFiltered ? `${shownCount} of ${instances.total ?? items.length}` : ''}
      />
      <div className="banners">
        {/* A banner above all views reports an ended sign-in. */}
        {state.kind === 'failed' &&
          items.length > 0 &&
          environment.state.kind !== 'failed' &&
          environment.login === undefined && (
            <StaleBanner state={state} onRetry={() => void page.ask('instances.refresh', {})} />
          )}
        <Notices notices={notices} />
        {isBySets && sets.length === 0 && items.length > 0 && (
          <Banner
            tone="idle"
            title="No sets yet."
            action={
              <Button size="small" onClick={() => page.askTargets({ kind: 'new' })}>
                New target
              </Button>
            }
          >
            Saved targets and Auto Scaling groups are listed here as groups.
          </Banner>
        )}
      </div>
      {items.length === 0 && <NothingListed environment={environment} instances={instances} />}
      {items.length > 0 && !isFound && (
        <NoMatch
          filter={filter}
          title="No instance matches"
          before="No instance has"
          after="in its name, id, tags or address."
          onClear={() => setFilter('')}
        />
      )}
      {isFound && (
        <Grid
          rows={rows}
          shared={shared}
          groupTag={groupTag}
          // If the list is grouped by this tag, the group headers show it.
          environmentTag={environmentTag === groupTag ? undefined : environmentTag}
          widths={widths}
          sort={sort}
          onSort={(column) => page.arrange({ instanceSort: sortedBy(column, sort) })}
          onFold={fold}
          ref={grid}
        />
      )}
    </ListView>
  )
}

/** The "Instances" view. */
export function Instances(): ReactNode {
  const instances = usePageState((state) => state.snapshot?.instances)
  const environment = usePageState((state) => state.snapshot?.environment)
  const settings = usePageState((state) => state.snapshot?.settings)
  const targets = usePageState((state) => state.snapshot?.targets)
  const part = usePageState((state) => state.listPart)
  if (part === 'containers') {
    return (
      <Suspense>
        <Containers />
      </Suspense>
    )
  }
  if (instances !== undefined && environment !== undefined && settings !== undefined && targets !== undefined) {
    return <List instances={instances} environment={environment} settings={settings} targets={targets} />
  }
  return (
    <section className="view" aria-label="Instances" aria-busy>
      <Skeleton rows={12} />
    </section>
  )
}
