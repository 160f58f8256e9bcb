// The console's own script: everything works without it, and better with it. No dependency, no build.
import { startClock } from './clock.js';
import { startDrafts } from './draft.js';
import { startKeys } from './keys.js';
import { startPanels } from './panels.js';
import { startPhrases } from './phrases.js';
import { startPolling } from './poll.js';
import { startSending } from './send.js';
import { startSound } from './sound.js';

document.documentElement.classList.add('js');
startClock();
startSound();
startDrafts();
startPanels();
startKeys();
startPhrases();
startSending();
startPolling();
