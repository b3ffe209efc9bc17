// Chooses the instance of a forward, or the set of hosts that one is chosen from: an input with a list that narrows while typing.
//
// While the list is open, the input holds the typed text. While it is closed, the input shows the chosen target. Sets, and ids that
// are not in the list, can be typed. A typed set is also chosen when the input loses the focus.

import { Bookmark, Box, ChevronsUpDown, Layers } from 'lucide-react'
import { useState, type KeyboardEvent, type ReactNode, type RefObject } from 'react'
import { shownName, shownSentence } from '../../../../shared/foreigntext'
import type { ForwardTarget } from '../../../../shared/model/forward'
import type { Instance } from '../../../../shared/model/instance'
import type { SavedTarget } from '../../../../shared/model/savedtarget'
import { agentWords } from '../../../../shared/status'
import type { FieldControl } from '../../../parts/controls/Field'
import { ForeignName, ForeignSentence } from '../../../parts/text/Foreign'
import { Glyph } from '../../../parts/Glyph'
import { instancesOf, targetLabel, type Choice } from './choices'
import type { OfferedContainers } from './containerchoices'
import { chooseTargets, typedSet, type TargetChoices } from './setchoices'

const CLOSED: TargetChoices = { items: [], moreCount: 0 }

/** The props of the field. */
export interface InstanceFieldProps {
  readonly control: FieldControl
  readonly input: RefObject<HTMLInputElement | null>
  readonly target: ForwardTarget | undefined
  readonly instances: readonly Instance[]
  /** The saved targets that are offered. */
  readonly targets: readonly SavedTarget[]
  /** The services and containers that are offered. */
  readonly containers: OfferedContainers
  /** Epoch ms. */
  readonly nowAt: number
  readonly onChange: (target: ForwardTarget) => void
}

/** The icon of a set, a saved target or a container; nothing for an instance. */
function TargetSign({ target }: { readonly target: ForwardTarget }): ReactNode {
  if (target.kind === 'set') return <Layers size={14} strokeWidth={1.75} aria-hidden="true" />
  if (target.kind === 'ecs') return <Box size={14} strokeWidth={1.75} aria-hidden="true" />
  return target.kind === 'saved' ? <Bookmark size={14} strokeWidth={1.75} aria-hidden="true" /> : null
}

function Option(props: { choice: Choice; id: string; isActive: boolean; onChoose: () => void }): ReactNode {
  const { choice, id, isActive, onChoose } = props
  return (
    <div
      id={id}
      role="option"
      aria-selected={isActive}
      // Not on click: the input would lose the focus first.
      onPointerDown={(event) => {
        event.preventDefault()
        onChoose()
      }}
    >
      {choice.words !== undefined && <Glyph tone={choice.words.tone} label={shownSentence(choice.words.word)} />}
      <TargetSign target={choice.target} />
      <span className="label">
        <ForeignName text={choice.label} />
      </span>
      {choice.counts === undefined ? (
        <span className="id mono">
          <ForeignName text={choice.id} />
        </span>
      ) : (
        <span className="id">{choice.counts}</span>
      )}
    </div>
  )
}

/** A combobox over the instances and the sets of them. */
export function InstanceField(props: InstanceFieldProps): ReactNode {
  const { control, input, target, instances, targets, containers, nowAt, onChange } = props
  const [isOpen, setOpen] = useState(false)
  const [text, setText] = useState('')
  const [active, setActive] = useState(0)
  // Computed only while the list is open: there may be thousands of instances.
  const { items, moreCount, problem } = isOpen ? chooseTargets({ instances, targets, containers }, text, nowAt) : CLOSED
  const isSet = target?.kind === 'set' || target?.kind === 'saved'
  const chosen = target === undefined || isSet ? undefined : instancesOf(target, instances)[0]
  // An input cannot hold markup, so marks are plain text here. The shown text is never read back.
  const label = shownName(targetLabel(target, instances, targets))
  const listId = `${control.id}-list`
  const optionId = (index: number): string => `${control.id}-option-${index}`

  const open = (): void => {
    if (isOpen) return
    setOpen(true)
    // The text of a chosen set stays in the input, so that a person can change a part of it.
    setText(target?.kind === 'set' ? target.set.hosts : '')
    setActive(0)
  }
  /** Chooses a target. If a set replaces a set, the way in which a host is chosen stays the same. */
  const take = (wanted: ForwardTarget): void => {
    const isKept = wanted.kind === 'set' && target?.kind === 'set'
    onChange(isKept ? { kind: 'set', set: { ...wanted.set, choice: target.set.choice } } : wanted)
  }
  const choose = (choice: Choice): void => {
    take(choice.target)
    setOpen(false)
  }
  const leave = (): void => {
    const wanted = isOpen ? typedSet(text, 'random') : undefined
    if (wanted?.kind === 'set' && !(target?.kind === 'set' && target.set.hosts === wanted.set.hosts)) take(wanted)
    setOpen(false)
  }
  const move = (index: number): void => {
    setActive(index)
    document.querySelector(`[id="${optionId(index)}"]`)?.scrollIntoView({ block: 'nearest' })
  }
  const press = (event: KeyboardEvent): void => {
    const choice = items[active]
    if (event.key === 'Escape' && isOpen) setOpen(false)
    else if (event.key === 'ArrowDown' && isOpen) move(Math.min(active + 1, items.length - 1))
    else if (event.key === 'ArrowUp' && isOpen) move(Math.max(active - 1, 0))
    else if (event.key === 'ArrowDown' || (event.key === 'Enter' && !isOpen && target === undefined)) open()
    else if (event.key === 'Enter' && isOpen && choice !== undefined) choose(choice)
    else return
    event.preventDefault()
  }

  return (
    <div className="instance-field">
      <span className="input large">
        {!isOpen && chosen !== undefined && <Glyph tone={agentWords(chosen, nowAt).tone} />}
        {!isOpen && target !== undefined && <TargetSign target={target} />}
        <input
          {...control}
          ref={input}
          type="text"
          role="combobox"
          autoComplete="off"
          spellCheck={false}
          aria-expanded={isOpen}
          aria-controls={listId}
          aria-autocomplete="list"
          {...(isOpen && items.length > 0 ? { 'aria-activedescendant': optionId(active) } : {})}
          placeholder={target === undefined ? 'Choose, or type a set: Name=web-*' : label}
          value={isOpen ? text : label}
          onPointerDown={open}
          onChange={(event) => {
            setOpen(true)
            setText(event.target.value)
            setActive(0)
          }}
          onBlur={leave}
          onKeyDown={press}
        />
        {!isOpen && chosen !== undefined && chosen.name !== '' && (
          <span className="id mono">
            <ForeignName text={chosen.id} />
          </span>
        )}
        <ChevronsUpDown size={12} strokeWidth={2} aria-hidden="true" />
      </span>
      <div
        className="options"
        id={listId}
        role="listbox"
        aria-label="Instances, sets and containers"
        hidden={!isOpen || items.length === 0}
      >
        {isOpen &&
          items.map((choice, index) => (
            <Option
              key={choice.label + choice.id + (choice.counts ?? '')}
              choice={choice}
              id={optionId(index)}
              isActive={index === active}
              onChoose={() => choose(choice)}
            />
          ))}
        {isOpen && moreCount > 0 && <p className="more">{moreCount} more. Type to narrow the list.</p>}
      </div>
      {isOpen && items.length === 0 && (
        <p className="options none" role="status">
          {problem === undefined ? (
            text.trim() === '' ? (
              'No instance is listed. Type an id, or a set such as Name=web-*.'
            ) : (
              `No instance matches ${shownName(text.trim())}. Type an id, or a set such as Name=web-*.`
            )
          ) : (
            <ForeignSentence text={problem} />
          )}
        </p>
      )}
    </div>
  )
}
