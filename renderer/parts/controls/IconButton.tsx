// A square button with only an icon: its label is its accessible name and its tooltip.

import type { LucideIcon } from 'lucide-react'
import type { ComponentProps, MouseEvent, ReactNode } from 'react'
import { Tooltip } from '../floats/Tooltip'

/** The props of an icon button; the others are those of the native button. */
export interface IconButtonProps extends Omit<ComponentProps<'button'>, 'disabled' | 'children'> {
  readonly label: string
  readonly icon: LucideIcon
  /** Default: quiet. */
  readonly variant?: 'secondary' | 'quiet'
  /** 24 or 28 px square. */
  readonly size?: 'small' | 'default'
  /** The keys for the same action, shown in the tooltip. */
  readonly keys?: readonly string[]
  /** Why it is disabled now; it stays focusable. */
  readonly reason?: string | undefined
}

/** A button that shows an icon. */
export function IconButton(props: IconButtonProps): ReactNode {
  const { label, icon: Icon, variant = 'quiet', size = 'default', keys, reason, className, onClick, ...rest } = props
  const press = (event: MouseEvent<HTMLButtonElement>): void => {
    if (reason === undefined) onClick?.(event)
    else event.preventDefault()
  }
  return (
    <Tooltip text={reason ?? label} {...(keys === undefined || reason !== undefined ? {} : { keys })}>
      <button
        type="button"
        {...rest}
        className={`button icon ${variant} ${size} ${className ?? ''}`}
        aria-label={label}
        aria-disabled={reason !== undefined}
        onClick={press}
      >
        <Icon size={size === 'small' ? 14 : 16} strokeWidth={1.75} aria-hidden="true" />
      </button>
    </Tooltip>
  )
}
