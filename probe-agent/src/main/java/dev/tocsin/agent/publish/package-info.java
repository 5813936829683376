/// What the agent tells: results by way of the disk, hours counted, its clock compared: `ResultPublisher -> [check-results]`.
@NullMarked
package dev.tocsin.agent.publish;

import org.jspecify.annotations.NullMarked;
