// A button that begins the login of a profile, shown beside errors that a login mends. The dialog opens when the core knows the page.

import { useState, type ReactNode } from 'react'
import type { WireError } from '../../shared/errors'
import { usePage } from '../context'
import { Button, type ButtonProps } from '../parts/controls/Button'

/** The props of the button. */
export interface LoginButtonProps extends Pick<ButtonProps, 'size' | 'variant'> {
  readonly error: Pick<WireError, 'loginProfile'>
}

/** "Log in"; renders nothing where Culvert cannot renew the login. */
export function LoginButton({ error, ...look }: LoginButtonProps): ReactNode {
  const page = usePage()
  const [isBeginning, setBeginning] = useState(false)
  const { loginProfile: profile } = error
  if (profile === undefined) return null
  const begin = (): void => {
    setBeginning(true)
    void page.ask('login.begin', { profile, isDevice: false }).finally(() => setBeginning(false))
  }
  return (
    <Button {...look} reason={isBeginning ? 'AWS is being asked for the page' : undefined} onClick={begin}>
      Log in
    </Button>
  )
}
