// The view of saved forwards: one list by name, what it is narrowed to, and what is done to all of them.
//
// Owns which row is the current one and the keys of rows. Shows the state of the core and changes nothing by itself.

import './forwards.css'
import { Plus } from 'lucide-react'
import { useEffect, useRef, useState, type KeyboardEvent, type ReactNode } from 'react'
import type { ForwardView, Snapshot } from '../../shared/model'
import { summarize } from '../../shared/status'
import { usePage, usePageState } from '../context'
import { Button } from '../parts/Button'
import { Question } from '../parts/Dialog'
import { EmptyState } from '../parts/EmptyState'
import { FilterInput, Token } from '../parts/Field'
import { Skeleton } from '../parts/Skeleton'
import { copyForwardAddress, deleteForward, openForwardPage, retryForward, switchForward } from './actions'
import { ForwardRow } from './ForwardRow'
import { listForwards } from './listing'

const STEPS: Readonly<Record<string, number>> = { ArrowDown: 1, ArrowUp: -1, Home: -Infinity, End: Infinity }

function deletionText({ openConnections }: ForwardView): string {
  const lost =
    openConnections === 0
      ? 'It has no open connections.'
      : `${openConnections === 1 ? 'Its open connection is' : `Its ${openConnections} open connections are`} cut.`
  return `${lost} Its port and its settings are forgotten.`
}

interface ListProps {
  readonly snapshot: Snapshot
  readonly forwards: readonly ForwardView[]
}

function List({ snapshot, forwards }: ListProps): ReactNode {
  const page = usePage()
  const nowAt = usePageState((state) => state.nowAt)
  const [current, setCurrent] = useState({ id: '', index: 0 })
  const [deletingId, setDeletingId] = useState<string | undefined>(undefined)
  const grid = useRef<HTMLDivElement>(null)

  const ids = forwards.map(({ forward }) => forward.id)
  const known = ids.indexOf(current.id)
  const index = known >= 0 ? known : Math.min(current.index, ids.length - 1)
  const deleting = forwards.find(({ forward }) => forward.id === deletingId)

  const focusRow = (at: number): void => {
    const rows = grid.current?.querySelectorAll<HTMLElement>('[role=row]')
    rows?.[Math.max(0, Math.min(at, ids.length - 1))]?.focus()
  }

  const isCurrentGone = current.id !== '' && known < 0
  useEffect(() => {
    // The row that had the focus is gone: its neighbour takes it.
    if (isCurrentGone && document.activeElement === document.body) {
      grid.current?.querySelectorAll<HTMLElement>('[role=row]')[index]?.focus()
    }
  }, [isCurrentGone, index])

  const press = (event: KeyboardEvent<HTMLDivElement>, view: ForwardView): void => {
    const isOnRow = event.target === event.currentTarget
    const isCommand = event.ctrlKey || event.metaKey
    const step = STEPS[event.key]
    if (isCommand && event.key === 'c' && (window.getSelection()?.isCollapsed ?? true)) copyForwardAddress(page, view)
    else if (isCommand || event.altKey) return
    else if (step !== undefined) focusRow(step === -Infinity ? 0 : index + Math.min(step, ids.length))
    else if (event.key === ' ' && isOnRow) switchForward(page, view, !view.isOn)
    else if ((event.key === 'Enter' && isOnRow) || event.key === 'e') page.changeForward(view.forward.id)
    else if (event.key === 'Delete' || event.key === 'Backspace') setDeletingId(view.forward.id)
    else if (event.key === 'r') retryForward(page, view)
    else if (event.key === 'o') openForwardPage(view)
    else return
    event.preventDefault()
  }

  return (
    <>
      <div className="forward-grid" role="grid" aria-label="Saved forwards" ref={grid}>
        {forwards.map((view, at) => (
          <ForwardRow
            key={view.forward.id}
            view={view}
            instances={snapshot.instances.items}
            shown={snapshot.environment}
            nowAt={nowAt}
            isCurrent={at === index}
            onCurrent={() => setCurrent({ id: view.forward.id, index: at })}
            onKey={(event) => press(event, view)}
            onDelete={() => setDeletingId(view.forward.id)}
          />
        ))}
      </div>
      {deleting !== undefined && (
        <Question
          title={`Delete ${deleting.forward.name}?`}
          text={deletionText(deleting)}
          confirm="Delete"
          onConfirm={() => void deleteForward(page, deleting)}
          onClose={() => setDeletingId(undefined)}
        />
      )}
    </>
  )
}

function Head({ forwards }: { readonly forwards: readonly ForwardView[] }): ReactNode {
  const page = usePage()
  const { up } = summarize({ forwards })
  const isAllOn = forwards.every(({ isOn }) => isOn)
  const isAllOff = forwards.every(({ isOn }) => !isOn)
  const switchAll = (isOn: boolean): void => {
    for (const view of forwards) if (view.isOn !== isOn) switchForward(page, view, isOn)
  }
  return (
    <div className="forward-head">
      <span>
        {up} of {forwards.length} up
      </span>
      <Button size="small" variant="quiet" reason={isAllOn ? 'All are on.' : undefined} onClick={() => switchAll(true)}>
        Start all
      </Button>
      <Button
        size="small"
        variant="quiet"
        reason={isAllOff ? 'All are off.' : undefined}
        onClick={() => switchAll(false)}
      >
        Stop all
      </Button>
    </div>
  )
}

/** The view "Forwards". */
export function Forwards(): ReactNode {
  const page = usePage()
  const snapshot = usePageState((state) => state.snapshot)
  const tone = usePageState((state) => state.forwardFilter)
  const [text, setText] = useState('')
  const isEmpty = snapshot !== undefined && snapshot.forwards.length === 0
  const listed = listForwards(snapshot?.forwards ?? [], { text, tone }, snapshot?.instances.items ?? [])
  const clear = (): void => {
    setText('')
    page.filterForwards(undefined)
  }
  const create = (
    <Button variant="primary" icon={Plus} onClick={() => page.editForward()}>
      New forward
    </Button>
  )
  return (
    <section className="view forwards" aria-labelledby="forwards-title">
      <div className="viewbar">
        <h1 id="forwards-title">Forwards</h1>
        {!isEmpty && (
          <>
            <FilterInput
              label="Filter forwards"
              placeholder="Filter by name, port, host"
              value={text}
              onChange={setText}
              onTakeToken={() => page.filterForwards(undefined)}
              tokens={tone !== undefined && <Token text={tone} onTake={() => page.filterForwards(undefined)} />}
            />
            <span className="end">{create}</span>
          </>
        )}
      </div>
      <div className="scroll">
        {snapshot === undefined && <Skeleton rows={6} />}
        {snapshot !== undefined && listed.length > 0 && (
          <>
            <Head forwards={listed} />
            <List snapshot={snapshot} forwards={listed} />
          </>
        )}
        {isEmpty && (
          <EmptyState
            title="No forwards yet"
            text="A forward gives a port of an instance, or of a host behind it, an address on this computer."
            action={create}
          />
        )}
        {!isEmpty && snapshot !== undefined && listed.length === 0 && (
          <EmptyState
            title="No forward matches"
            text={text === '' ? `None is ${tone ?? 'there'} now.` : `Nothing bears ${text} in its name, port or host.`}
            action={<Button onClick={clear}>Clear filter</Button>}
          />
        )}
      </div>
    </section>
  )
}
