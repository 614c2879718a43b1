// What the documentation says on a command line is what happens: the pages whose commands take long.
import { testPages } from './pages.js';

testPages(true);
