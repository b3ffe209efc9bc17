// The button: four variants, three sizes, and a reason when it is disabled.

import type { LucideIcon } from 'lucide-react'
import type { ComponentProps, MouseEvent, ReactNode } from 'react'
import { Tooltip } from '../floats/Tooltip'

/** The props of a button; the others are those of the native button. */
export interface ButtonProps extends Omit<ComponentProps<'button'>, 'disabled'> {
  /** At most one primary button in a view. */
  readonly variant?: 'primary' | 'secondary' | 'quiet' | 'danger'
  /** 24, 28 or 32 px high. */
  readonly size?: 'small' | 'default' | 'large'
  readonly icon?: LucideIcon
  /** Why it is disabled now. It stays focusable, is `aria-disabled`, and shows the reason in a tooltip. */
  readonly reason?: string | undefined
}

/** A button. The default `type` is "button". */
export function Button(props: ButtonProps): ReactNode {
  const { variant = 'secondary', size = 'default', icon: Icon, reason, className, onClick, children, ...rest } = props
  const press = (event: MouseEvent<HTMLButtonElement>): void => {
    if (reason === undefined) onClick?.(event)
    else event.preventDefault()
  }
  return (
    <Tooltip text={reason}>
      <button
        type="button"
        {...rest}
        className={`button ${variant} ${size} ${className ?? ''}`}
        aria-disabled={reason !== undefined || rest['aria-disabled']}
        onClick={press}
      >
        {Icon !== undefined && <Icon size={size === 'small' ? 14 : 16} strokeWidth={1.75} aria-hidden="true" />}
        {children}
      </button>
    </Tooltip>
  )
}
