// What is said over the views: the lost connection, an environment that is not open, and the core's notices.

import { X } from 'lucide-react'
import type { ReactNode } from 'react'
import { shownSentence } from '../../shared/foreigntext'
import { usePage, usePageState } from '../context'
import { Banner } from '../parts/Banner'
import { IconButton } from '../parts/IconButton'
import { EnvironmentBanner } from './Environment'

function ConnectionBanner(): ReactNode {
  const connection = usePageState((state) => state.connection)
  if (connection !== 'lost') return null
  return (
    <Banner tone="working" title="Connection lost.">
      This page cannot reach Culvert and tries again by itself. What it shows may be old.
    </Banner>
  )
}

/** Banners in the order of their weight; nothing while all is well. */
export function Notices(): ReactNode {
  const page = usePage()
  const notices = usePageState((state) => state.snapshot?.notices) ?? []
  return (
    <section className="notices" aria-label="Notices">
      <ConnectionBanner />
      <EnvironmentBanner />
      {notices.map(({ id, tone, title, text }) => (
        <Banner
          key={id}
          tone={tone}
          title={/[.?]$/.test(title) ? title : `${title}.`}
          action={
            <IconButton
              size="small"
              icon={X}
              label={`Dismiss: ${shownSentence(title)}`}
              onClick={() => void page.ask('notice.dismiss', { noticeId: id })}
            />
          }
        >
          {text}
        </Banner>
      ))}
    </section>
  )
}
