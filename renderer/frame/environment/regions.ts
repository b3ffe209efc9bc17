// The AWS regions offered for choice. The core accepts any well-formed region name; this list is only for the menus.

/** A region and its location. */
export interface Region {
  readonly name: string
  readonly place: string
}

/** The regions of the aws partition, by part of the world. Source: AWS General Reference, regional endpoints. */
export const regionGroups: readonly { readonly heading: string; readonly regions: readonly Region[] }[] = [
  {
    heading: 'Europe',
    regions: [
      { name: 'eu-central-1', place: 'Frankfurt' },
      { name: 'eu-central-2', place: 'Zurich' },
      { name: 'eu-north-1', place: 'Stockholm' },
      { name: 'eu-south-1', place: 'Milan' },
      { name: 'eu-south-2', place: 'Spain' },
      { name: 'eu-west-1', place: 'Ireland' },
      { name: 'eu-west-2', place: 'London' },
      { name: 'eu-west-3', place: 'Paris' },
    ],
  },
  {
    heading: 'America',
    regions: [
      { name: 'us-east-1', place: 'N. Virginia' },
      { name: 'us-east-2', place: 'Ohio' },
      { name: 'us-west-1', place: 'N. California' },
      { name: 'us-west-2', place: 'Oregon' },
      { name: 'ca-central-1', place: 'Central Canada' },
      { name: 'ca-west-1', place: 'Calgary' },
      { name: 'mx-central-1', place: 'Mexico' },
      { name: 'sa-east-1', place: 'São Paulo' },
    ],
  },
  {
    heading: 'Asia and Pacific',
    regions: [
      { name: 'ap-east-1', place: 'Hong Kong' },
      { name: 'ap-northeast-1', place: 'Tokyo' },
      { name: 'ap-northeast-2', place: 'Seoul' },
      { name: 'ap-northeast-3', place: 'Osaka' },
      { name: 'ap-south-1', place: 'Mumbai' },
      { name: 'ap-south-2', place: 'Hyderabad' },
      { name: 'ap-southeast-1', place: 'Singapore' },
      { name: 'ap-southeast-2', place: 'Sydney' },
      { name: 'ap-southeast-3', place: 'Jakarta' },
      { name: 'ap-southeast-4', place: 'Melbourne' },
      { name: 'ap-southeast-5', place: 'Malaysia' },
      { name: 'ap-southeast-7', place: 'Thailand' },
    ],
  },
  {
    heading: 'Middle East and Africa',
    regions: [
      { name: 'af-south-1', place: 'Cape Town' },
      { name: 'il-central-1', place: 'Tel Aviv' },
      { name: 'me-central-1', place: 'UAE' },
      { name: 'me-south-1', place: 'Bahrain' },
    ],
  },
]
