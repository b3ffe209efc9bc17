// The field of a secret. The page never gets a stored secret: a person can only replace or remove it.

import { useRef, type ReactNode } from 'react'
import { Button } from '../parts/controls/Button'
import { Field, TextInput } from '../parts/controls/Field'
import type { SecretField } from './form'

/** The props of the field. */
export interface SecretInputProps {
  readonly label: string
  readonly hint: string
  readonly problem: string | undefined
  /** The name of the input, by which the form finds it. */
  readonly name: string
  readonly isStored: boolean
  readonly secret: SecretField
  readonly onChange: (secret: SecretField) => void
}

/** The field. */
export function SecretInput(props: SecretInputProps): ReactNode {
  const { label, hint, problem, name, isStored, secret, onChange } = props
  const room = useRef<HTMLSpanElement>(null)
  const isTyped = secret.kind === 'typed' || !isStored
  /** The pressed button is removed, so the focus moves to the field. */
  const thenFocus = (selector: 'input' | 'button'): void => {
    setTimeout(() => room.current?.querySelector<HTMLElement>(selector)?.focus())
  }
  return (
    <Field label={label} hint={secret.kind === 'removed' ? 'Removed when you save.' : hint} problem={problem}>
      {(control) => (
        <span className="secret" ref={room}>
          {isTyped ? (
            <TextInput
              {...control}
              name={name}
              type="password"
              // Browsers take another value for a login of this page.
              autoComplete="new-password"
              isMono
              maxLength={4_000}
              value={secret.kind === 'typed' ? secret.text : ''}
              onChange={(text) => onChange(text === '' && !isStored ? { kind: 'kept' } : { kind: 'typed', text })}
            />
          ) : (
            <>
              <span className="input large read-only">{secret.kind === 'removed' ? 'None' : 'Stored'}</span>
              <Button
                id={control.id}
                aria-describedby={control['aria-describedby']}
                aria-label={`Replace: ${label}`}
                size="large"
                onClick={() => {
                  onChange({ kind: 'typed', text: '' })
                  thenFocus('input')
                }}
              >
                Replace
              </Button>
            </>
          )}
          {isStored && (
            <Button
              size="large"
              variant="quiet"
              aria-label={`${secret.kind === 'kept' ? 'Remove' : 'Keep the stored one'}: ${label}`}
              onClick={() => {
                onChange({ kind: secret.kind === 'kept' ? 'removed' : 'kept' })
                thenFocus('button')
              }}
            >
              {secret.kind === 'kept' ? 'Remove' : 'Keep stored'}
            </Button>
          )}
        </span>
      )}
    </Field>
  )
}
