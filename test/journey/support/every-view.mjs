/** Lets the specs check every page of the demos at every width, in light, dark and forced colours, and of the documentation in light and dark. */
process.env.EVERY_VIEW = 'yes';
