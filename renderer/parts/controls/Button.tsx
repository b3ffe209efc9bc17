// The button: four weights, three sizes, and a reason when it does nothing.

import type { LucideIcon } from 'lucide-react'
import type { ComponentProps, MouseEvent, ReactNode } from 'react'
import { Tooltip } from '../floats/Tooltip'

/** What a button is told; the rest is a native button's. */
export interface ButtonProps extends Omit<ComponentProps<'button'>, 'disabled'> {
  /** At most one primary in a view. */
  readonly variant?: 'primary' | 'secondary' | 'quiet' | 'danger'
  /** 24, 28 or 32 px high. */
  readonly size?: 'small' | 'default' | 'large'
  readonly icon?: LucideIcon
  /** Why it does nothing now. It stays focusable, is `aria-disabled`, and says this in a tooltip. */
  readonly reason?: string | undefined
}

/** A button. `type` is "button" unless told otherwise. */
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
