// The dialogs about saved targets: the list of all, the form of one, and the question before one is deleted.
//
// The list stays open behind the form and the question that are opened from it.

import './targets.css'
import { ArrowLeftRight, Pencil, Plus, SquareTerminal, Trash2 } from 'lucide-react'
import { useRef, useState, type ReactNode } from 'react'
import { shownName } from '../../shared/foreigntext'
import type { SavedTarget } from '../../shared/model/savedtarget'
import type { Snapshot } from '../../shared/model/snapshot'
import { usePage, usePageState } from '../context'
import { elsewhereWords } from '../forwards/listing'
import { compareNames } from '../order'
import { Chip } from '../parts/Chip'
import { Button } from '../parts/controls/Button'
import { IconButton } from '../parts/controls/IconButton'
import { EmptyState } from '../parts/EmptyState'
import { Dialog, Question } from '../parts/floats/Dialog'
import { ForeignName } from '../parts/text/Foreign'
import { CHOICE_WORDS, countsWords, hostsOf, namesWords, usersOf } from './hosts'
import { TargetEditor } from './TargetEditor'

/** What is open above the list. */
type Opened =
  | { readonly kind: 'none' }
  | { readonly kind: 'new' }
  | { readonly kind: 'edit' | 'delete'; readonly target: SavedTarget }

interface RowProps {
  readonly target: SavedTarget
  readonly snapshot: Snapshot
  readonly onOpen: (opened: Opened) => void
}

function Row({ target, snapshot, onOpen }: RowProps): ReactNode {
  const page = usePage()
  const { id, name, set } = target
  const shown = shownName(name)
  const elsewhere = elsewhereWords(target.environment, snapshot.environment)
  const hosts = hostsOf(set.hosts, snapshot.instances.items)
  const users = usersOf(id, snapshot.forwards)
  const used = namesWords(users.map(({ forward }) => forward.name))
  const block =
    elsewhere === undefined
      ? hosts.good.length === 0
        ? 'No host of this set runs with its agent online.'
        : undefined
      : `It is in ${shownName(elsewhere)}. Switch to it first.`
  const leaveFor = (run: () => void): void => {
    page.askTargets({ kind: 'closed' })
    run()
  }
  return (
    <li>
      <div className="what">
        <div className="name">
          <b className="cut-off">
            <ForeignName text={name} />
          </b>
          {elsewhere === undefined ? (
            <span className="faint">{countsWords(hosts)}</span>
          ) : (
            <Chip look="line">
              <ForeignName text={elsewhere} />
            </Chip>
          )}
        </div>
        <p className="cut-off">
          <span className="mono">
            <ForeignName text={set.hosts} />
          </span>
          , {CHOICE_WORDS[set.choice]}
          {target.defaultPort !== undefined && `, port ${target.defaultPort}`}
          {users.length > 0 && `, used by ${used}`}
        </p>
      </div>
      <IconButton
        icon={SquareTerminal}
        label={`Connect to any host of ${shown}`}
        reason={block}
        onClick={() => leaveFor(() => page.openTarget({ kind: 'saved', targetId: id }, name))}
      />
      <IconButton
        icon={ArrowLeftRight}
        label={`New forward on ${shown}`}
        reason={elsewhere === undefined ? undefined : block}
        onClick={() => leaveFor(() => page.editForward({ kind: 'saved', targetId: id }))}
      />
      <IconButton icon={Pencil} label={`Edit ${shown}`} onClick={() => onOpen({ kind: 'edit', target })} />
      <IconButton
        icon={Trash2}
        label={`Delete ${shown}`}
        reason={users.length === 0 ? undefined : `Used by ${used}. Give these forwards another target first.`}
        onClick={() => onOpen({ kind: 'delete', target })}
      />
    </li>
  )
}

function DeleteQuestion({
  target,
  onClose,
}: {
  readonly target: SavedTarget
  readonly onClose: () => void
}): ReactNode {
  const page = usePage()
  return (
    <Question
      title={
        <>
          Delete the target <ForeignName text={target.name} />?
        </>
      }
      text="No forward uses it. Its hosts are left as they are."
      confirm="Delete"
      onConfirm={() => void page.ask('target.delete', { targetId: target.id })}
      onClose={onClose}
    />
  )
}

function ListDialog({ snapshot, onClose }: { readonly snapshot: Snapshot; readonly onClose: () => void }): ReactNode {
  const [opened, setOpened] = useState<Opened>({ kind: 'none' })
  const targets = snapshot.targets.toSorted((a, b) => compareNames(a.name, b.name))
  const back = (): void => setOpened({ kind: 'none' })
  const create = useRef<HTMLButtonElement>(null)
  return (
    <Dialog title="Saved targets" onClose={onClose} firstFocus={create}>
      <div className="body">
        {targets.length === 0 ? (
          <EmptyState
            title="No saved targets yet"
            text="A target is a set of hosts with a name, such as all instances with one tag. A shell or a forward on it uses any host that is good."
          />
        ) : (
          <ul className="target-list">
            {targets.map((target) => (
              <Row key={target.id} target={target} snapshot={snapshot} onOpen={setOpened} />
            ))}
          </ul>
        )}
      </div>
      <footer>
        <Button size="large" onClick={onClose}>
          Close
        </Button>
        <Button ref={create} size="large" variant="primary" icon={Plus} onClick={() => setOpened({ kind: 'new' })}>
          New target
        </Button>
      </footer>
      {opened.kind === 'new' && <TargetEditor edited={undefined} set={undefined} onClose={back} />}
      {opened.kind === 'edit' && <TargetEditor edited={opened.target} set={undefined} onClose={back} />}
      {opened.kind === 'delete' && <DeleteQuestion target={opened.target} onClose={back} />}
    </Dialog>
  )
}

/** The dialog that is open. Renders nothing otherwise, or once its target was deleted. */
export function Targets(): ReactNode {
  const page = usePage()
  const dialog = usePageState((state) => state.targetDialog)
  const snapshot = usePageState((state) => state.snapshot)
  const close = (): void => page.askTargets({ kind: 'closed' })
  if (snapshot === undefined || dialog.kind === 'closed') return null
  if (dialog.kind === 'list') return <ListDialog snapshot={snapshot} onClose={close} />
  if (dialog.kind === 'new') return <TargetEditor edited={undefined} set={dialog.set} onClose={close} />
  const target = snapshot.targets.find(({ id }) => id === dialog.targetId)
  if (target === undefined) return null
  return dialog.kind === 'edit' ? (
    <TargetEditor edited={target} set={undefined} onClose={close} />
  ) : (
    <DeleteQuestion target={target} onClose={close} />
  )
}
