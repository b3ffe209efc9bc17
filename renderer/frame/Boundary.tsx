// An error boundary: if a part of the page throws, or its file can no longer be loaded, the rest keeps working.

import { Component, type ReactNode } from 'react'
import { Button } from '../parts/controls/Button'
import { EmptyState } from '../parts/EmptyState'

interface BoundaryProps {
  readonly children: ReactNode
}

/** Renders its children; once one of them has thrown, a message and a way to recover. React logs the error to the console. */
export class Boundary extends Component<BoundaryProps, { readonly isBroken: boolean }> {
  override state = { isBroken: false }

  static getDerivedStateFromError(): { readonly isBroken: boolean } {
    return { isBroken: true }
  }

  override render(): ReactNode {
    if (!this.state.isBroken) return this.props.children
    return (
      <EmptyState
        title="This part of the page stopped"
        text="Forwards and terminals keep running. Reload the page to see them again."
        action={<Button onClick={() => location.reload()}>Reload the page</Button>}
      />
    )
  }
}
