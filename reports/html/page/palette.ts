// The colours of charts as values. The hues are those of Okabe and Ito ("Color Universal Design", 2008), which people with any kind of colour
// vision can tell apart; lightened on dark ground.

export type Theme = 'light' | 'dark';

export interface Palette {
  readonly ink: string;
  readonly muted: string;
  readonly line: string;
  readonly surface: string;
  readonly blue: string;
  readonly vermillion: string;
  readonly green: string;
  readonly purple: string;
  readonly orange: string;
  readonly sky: string;
  readonly yellow: string;
  readonly grey: string;
}

const LIGHT: Palette = {
  ink: '#15212c',
  muted: '#52616f',
  line: '#dfe5ea',
  surface: '#ffffff',
  blue: '#0072b2',
  vermillion: '#d55e00',
  green: '#009e73',
  purple: '#cc79a7',
  orange: '#e69f00',
  sky: '#56b4e9',
  yellow: '#c9b800',
  grey: '#6b7884',
};

const DARK: Palette = {
  ink: '#e4ebf1',
  muted: '#a3b3c1',
  line: '#2a3947',
  surface: '#16212c',
  blue: '#4aa8e0',
  vermillion: '#f2834a',
  green: '#35bf97',
  purple: '#dc9abf',
  orange: '#e9ad2f',
  sky: '#8ccdf3',
  yellow: '#f0e442',
  grey: '#93a4b3',
};

export function paletteOf(theme: Theme): Palette {
  return theme === 'dark' ? DARK : LIGHT;
}
