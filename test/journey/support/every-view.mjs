/** Lets the journeys of the demos check every page at every width, in light, dark and forced colours. */
process.env.EVERY_VIEW = 'yes';
