// Where the page's script begins.
import { followReading } from './contents.js';
import { drawDiff } from './diff/diff.js';
import { mountOf } from './dom.js';
import { drawBeforePrinting } from './figure.js';
import { drawCommand } from './parts/command.js';
import { drawRun } from './run.js';
import { startTheme } from './theme.js';

const tools = document.getElementById('tools');
if (tools !== null) startTheme(tools);
followReading();
drawBeforePrinting();
const command = mountOf('command');
if (command !== null) drawCommand(command);
if (document.documentElement.dataset.report === 'diff') drawDiff();
else drawRun();
