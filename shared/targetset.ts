// A target that is a set of hosts, one of which is chosen: what it is, how it is written, and which instances belong to it.
//
//   Name=web-*            instances by their Name; `*` stands for any text, in values only
//   tag:Role=db,Env=prod  by tags, all of them
//   asg:NAME              of an Auto Scaling group: the tag aws:autoscaling:groupName
//   i-0…,i-1…             these ids
//
// A backslash takes the meaning of `*`, `,`, `=` and `\` away.

/** How one host of a set is chosen: at random, the last one while it is good, or the one that was launched last. */
export type SetChoice = 'random' | 'sticky' | 'newest'

/** A set of hosts, as a person writes it, and how one of them is chosen. */
export interface TargetSet {
  /** See above. */
  readonly hosts: string
  readonly choice: SetChoice
}
