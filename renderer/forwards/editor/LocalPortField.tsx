// The local port of a forward. The destination's port is proposed; if left empty, the core chooses one at the first start and
// keeps it.

import { useLayoutEffect, type ReactNode, type RefObject } from 'react'
import type { ForwardView } from '../../../shared/model/forward'
import { Button } from '../../parts/controls/Button'
import { Field, TextInput } from '../../parts/controls/Field'
import { Glyph } from '../../parts/Glyph'
import { readPort } from './destination'
import { FIRST_FREE_FOR_ALL, localPortFor, portHolder } from './proposals'
import { useFreePort } from './useFreePort'

/** The props of the field. */
export interface LocalPortFieldProps {
  readonly input: RefObject<HTMLInputElement | null>
  readonly value: string
  readonly remotePort: string
  readonly problem: string | undefined
  /** Whether `value` is a proposal that was found to be free. */
  readonly isProposed: boolean
  /** The saved forwards except the edited one. */
  readonly others: readonly ForwardView[]
  /** The port that the edited forward listens on itself; 0 for none. */
  readonly ownPort: number
  readonly onChange: (value: string) => void
}

/** The field with its hint and the offer of another port. */
export function LocalPortField(props: LocalPortFieldProps): ReactNode {
  const { input, value, remotePort, problem, isProposed, others, ownPort, onChange } = props
  // A proposal that arrives while the field has the focus is selected, so that typing replaces it.
  useLayoutEffect(() => {
    const field = input.current
    if (isProposed && field !== null && field === document.activeElement) field.select()
  }, [input, isProposed, value])
  const typed = readPort(value)
  const remote = readPort(remotePort)
  const isEmpty = value.trim() === ''
  const isOwn = typed !== undefined && typed === ownPort
  const free = useFreePort(
    isOwn || isProposed ? undefined : (typed ?? (isEmpty && remote !== undefined ? localPortFor(remote) : undefined)),
  )
  const holder = typed === undefined || isOwn ? undefined : portHolder(typed, others)
  const isTaken = !isOwn && typed !== undefined && (holder !== undefined || (free !== undefined && free !== typed))
  // The port of a saved forward may be free at the moment, because that forward is off.
  const offer =
    useFreePort(holder === undefined || free !== typed || typed === undefined ? undefined : typed + 1) ?? free
  const isOffered = offer !== undefined && offer !== typed && (isEmpty || isTaken)

  const calmHint = (): string => {
    if (isEmpty) return 'Empty: a free port is chosen at the first start and kept.'
    const wish = remote === undefined ? undefined : localPortFor(remote)
    if (isProposed && wish !== typed) return `${wish} is taken. ${typed} is free.`
    if (isProposed) return `${typed} is free.`
    if (isOwn) return 'The port of this forward.'
    if (typed !== undefined && typed < FIRST_FREE_FOR_ALL) return 'A port below 1024 may need administrator rights.'
    return typed !== undefined && typed === free ? `${typed} is free.` : ''
  }
  const hint = isTaken ? (
    <>
      <Glyph tone="waiting" size="small" />
      <span>
        {holder ?? `Port ${typed} is in use by another program.`} {isOffered && `${offer} is free.`}
      </span>
    </>
  ) : (
    calmHint()
  )
  return (
    <Field label="Local port (optional)" hint={hint} problem={problem}>
      {(control) => (
        <div className="with-offer">
          <TextInput
            {...control}
            ref={input}
            isMono
            prefix="localhost:"
            inputMode="numeric"
            placeholder="port"
            value={value}
            onChange={onChange}
          />
          {isOffered && (
            <Button size="large" onClick={() => onChange(String(offer))}>
              Use {offer}
            </Button>
          )}
        </div>
      )}
    </Field>
  )
}
