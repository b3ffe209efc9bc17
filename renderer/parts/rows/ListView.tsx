// A view with a list, and beside it the detail of the selected row.

import type { KeyboardEvent, ReactNode } from 'react'

interface ListViewProps {
  /** The class of the view; its heading has the id "NAME-title". */
  readonly name: string
  readonly isLoading: boolean
  /** The panel of the selected row; undefined: no row is selected. */
  readonly detail: ReactNode
  readonly onCloseDetail: () => void
  /** The bar, the banners and the list. */
  readonly children: ReactNode
}

/** The view. Esc closes the detail. */
export function ListView({ name, isLoading, detail, onCloseDetail, children }: ListViewProps): ReactNode {
  const isDetailOpen = detail !== undefined
  const press = (event: KeyboardEvent): void => {
    if (event.key !== 'Escape' || !isDetailOpen || event.defaultPrevented) return
    event.preventDefault()
    onCloseDetail()
  }
  return (
    // Esc closes the detail wherever the focus is in the view.
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-element-interactions
    <section
      className={`view listing ${name}${isDetailOpen ? ' with-detail' : ''}`}
      aria-labelledby={`${name}-title`}
      aria-busy={isLoading}
      onKeyDown={press}
    >
      <div className="list">{children}</div>
      {detail}
    </section>
  )
}
