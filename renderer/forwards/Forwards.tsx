// The view of saved forwards: the list and its filters, the actions on all forwards, and the detail of one.
//
// Renders the core's state and changes nothing by itself. The rows and their keys are in List.tsx.

import './forwards.css'
import './narrow.css'
import './detail.css'
import './editor/editor.css'
import './pipe.css'
import { Plus } from 'lucide-react'
import { useEffect, useRef, useState, type KeyboardEvent, type ReactNode } from 'react'
import { shownName } from '../../shared/foreigntext'
import type { ForwardView } from '../../shared/model/forward'
import { summarize } from '../../shared/overall'
import { usePage, usePageState } from '../context'
import { Button } from '../parts/controls/Button'
import { Question } from '../parts/floats/Dialog'
import { EmptyState } from '../parts/EmptyState'
import { FilterInput, Token } from '../parts/controls/Field'
import { ForeignName } from '../parts/text/Foreign'
import { Skeleton } from '../parts/Skeleton'
import { deleteForward, switchForwards } from './actions'
import { Detail } from './Detail'
import { List } from './List'
import { listForwards } from './listing'
import { PagesNote } from './PagesNote'

function deletionText({ openConnections }: ForwardView): string {
  const lost =
    openConnections === 0
      ? 'It has no open connections.'
      : `${openConnections === 1 ? '1 open connection ends' : `${openConnections} open connections end`}.`
  return `${lost} Its settings are deleted.`
}

function Head({ forwards }: { readonly forwards: readonly ForwardView[] }): ReactNode {
  const page = usePage()
  const { up } = summarize({ forwards })
  const isAllOn = forwards.every(({ isOn }) => isOn)
  const isAllOff = forwards.every(({ isOn }) => !isOn)
  const switchAll = (isOn: boolean): void => switchForwards(page, forwards, isOn)
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

/** Returns the focus to the row of the forward whose detail was closed, once the list is visible again. */
function useRowFocus(selectedId: string | undefined): (forwardId: string) => void {
  const closedId = useRef<string | undefined>(undefined)
  useEffect(() => {
    const forwardId = closedId.current
    closedId.current = undefined
    if (selectedId !== undefined || forwardId === undefined) return
    const rows = [...document.querySelectorAll<HTMLElement>('.forward-grid > [role=row]')]
    const row = rows.find(({ dataset }) => dataset['forward'] === forwardId) ?? rows[0]
    row?.focus()
  }, [selectedId])
  return (forwardId) => {
    closedId.current = forwardId
  }
}

/** The "Forwards" view. */
export function Forwards(): ReactNode {
  const page = usePage()
  const snapshot = usePageState((state) => state.snapshot)
  const tone = usePageState((state) => state.forwardFilter)
  const selectedId = usePageState((state) => state.selectedForward)
  const text = usePageState((state) => state.forwardText)
  const setText = (forwardText: string): void => page.arrange({ forwardText })
  const [deletingId, setDeletingId] = useState<string | undefined>(undefined)
  const giveFocusTo = useRowFocus(selectedId)

  const forwards = snapshot?.forwards ?? []
  const isEmpty = snapshot !== undefined && forwards.length === 0
  const listed = listForwards(
    forwards,
    { text, tone },
    { instances: snapshot?.instances.items ?? [], targets: snapshot?.targets ?? [] },
  )
  const viewOf = (forwardId: string | undefined): ForwardView | undefined =>
    forwards.find(({ forward }) => forward.id === forwardId)
  const selected = viewOf(selectedId)
  const deleting = viewOf(deletingId)

  const clear = (): void => {
    setText('')
    page.filterForwards(undefined)
  }
  const closeDetail = (): void => {
    if (selectedId !== undefined) giveFocusTo(selectedId)
    page.selectForward(undefined)
  }
  const press = (event: KeyboardEvent<HTMLElement>): void => {
    if (event.key !== 'Escape' || selected === undefined || event.defaultPrevented) return
    // Dialogs and menus are children of this view in React's tree, but not in the DOM.
    if (!(event.target instanceof Node) || !event.currentTarget.contains(event.target)) return
    event.preventDefault()
    closeDetail()
  }
  const create = (
    <Button variant="primary" icon={Plus} onClick={() => page.editForward()}>
      New forward
    </Button>
  )
  return (
    // Esc closes the detail wherever the focus is in the view.
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-element-interactions
    <section
      className={selected === undefined ? 'view forwards' : 'view forwards with-detail'}
      aria-labelledby="forwards-title"
      onKeyDown={press}
    >
      <div className="list">
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
          <PagesNote forwards={forwards} />
          {snapshot === undefined && <Skeleton rows={6} />}
          {snapshot !== undefined && listed.length > 0 && (
            <>
              <Head forwards={listed} />
              <List snapshot={snapshot} forwards={listed} onDelete={setDeletingId} />
            </>
          )}
          {isEmpty && (
            <EmptyState
              title="No forwards yet"
              text="A forward makes a port of an instance, or of a host that the instance reaches, available on localhost."
              action={create}
            />
          )}
          {!isEmpty && snapshot !== undefined && listed.length === 0 && (
            <EmptyState
              title="No forward matches"
              text={
                text === ''
                  ? `No forward is ${tone ?? 'saved'} now.`
                  : `No name, port, host or instance contains ${shownName(text)}.`
              }
              action={<Button onClick={clear}>Clear filter</Button>}
            />
          )}
        </div>
      </div>
      {snapshot !== undefined && selected !== undefined && (
        <Detail
          key={selected.forward.id}
          view={selected}
          snapshot={snapshot}
          onDelete={() => setDeletingId(selected.forward.id)}
          onClose={closeDetail}
        />
      )}
      {deleting !== undefined && (
        <Question
          title={
            <>
              Delete <ForeignName text={deleting.forward.name} />?
            </>
          }
          text={deletionText(deleting)}
          confirm="Delete"
          onConfirm={() => void deleteForward(page, deleting)}
          onClose={() => setDeletingId(undefined)}
        />
      )}
    </section>
  )
}
