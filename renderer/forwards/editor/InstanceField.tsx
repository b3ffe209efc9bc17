// Chooses the instance of a forward: an input with a list that narrows while typing.
//
// Owns the text while the list is open; closed, it shows the chosen target. Ids that are not in the list can be typed.

import { ChevronsUpDown } from 'lucide-react'
import { useState, type KeyboardEvent, type ReactNode, type RefObject } from 'react'
import { shownName, shownSentence } from '../../../shared/foreigntext'
import type { ForwardTarget } from '../../../shared/model/forward'
import type { Instance } from '../../../shared/model/instance'
import { agentWords } from '../../../shared/status'
import type { FieldControl } from '../../parts/controls/Field'
import { ForeignName } from '../../parts/text/Foreign'
import { Glyph } from '../../parts/Glyph'
import { chooseInstances, instancesOf, targetLabel, type Choice, type Choices } from './choices'

const CLOSED: Choices = { items: [], moreCount: 0 }

/** The props of the field. */
export interface InstanceFieldProps {
  readonly control: FieldControl
  readonly input: RefObject<HTMLInputElement | null>
  readonly target: ForwardTarget | undefined
  readonly instances: readonly Instance[]
  /** Epoch ms. */
  readonly nowAt: number
  readonly onChange: (target: ForwardTarget) => void
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
      <span className="label">
        <ForeignName text={choice.label} />
      </span>
      <span className="id mono">
        <ForeignName text={choice.id} />
      </span>
    </div>
  )
}

/** A combobox over the instances. */
export function InstanceField({ control, input, target, instances, nowAt, onChange }: InstanceFieldProps): ReactNode {
  const [isOpen, setOpen] = useState(false)
  const [text, setText] = useState('')
  const [active, setActive] = useState(0)
  // Computed only while the list is open: there may be thousands of instances.
  const { items, moreCount } = isOpen ? chooseInstances(instances, text, nowAt) : CLOSED
  const chosen = target === undefined ? undefined : instancesOf(target, instances)[0]
  // An input cannot hold markup, so marks are plain text here. The shown text is never read back.
  const label = shownName(targetLabel(target, instances))
  const listId = `${control.id}-list`
  const optionId = (index: number): string => `${control.id}-option-${index}`

  const open = (): void => {
    if (isOpen) return
    setOpen(true)
    setText('')
    setActive(0)
  }
  const choose = (choice: Choice): void => {
    onChange(choice.target)
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
          placeholder={target === undefined ? 'Choose by name, id or tag' : label}
          value={isOpen ? text : label}
          onPointerDown={open}
          onChange={(event) => {
            setOpen(true)
            setText(event.target.value)
            setActive(0)
          }}
          onBlur={() => setOpen(false)}
          onKeyDown={press}
        />
        {!isOpen && chosen !== undefined && chosen.name !== '' && (
          <span className="id mono">
            <ForeignName text={chosen.id} />
          </span>
        )}
        <ChevronsUpDown size={12} strokeWidth={2} aria-hidden="true" />
      </span>
      <div className="options" id={listId} role="listbox" aria-label="Instances" hidden={!isOpen || items.length === 0}>
        {isOpen &&
          items.map((choice, index) => (
            <Option
              key={choice.label + choice.id}
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
          {text.trim() === ''
            ? 'No instance is listed. Type an id.'
            : `No instance matches ${shownName(text.trim())}. Type an id.`}
        </p>
      )}
    </div>
  )
}
