/** What the places sell today: the tables of all sources, renewed by what was fetched, with the age of every price. */
@NullMarked
package dev.finetune4j.engine.price;

import org.jspecify.annotations.NullMarked;
