/**
 * Fault points: named moments of a migration at which a test makes something go wrong.
 *
 * <p>Reached on the threads of migrations. Must import nothing of Homeport but the system calls. A daemon that was not started with
 * {@code -Dhomeport.faults=DIRECTORY} has {@link io.homeport.faults.Faults#NONE}.
 */
package io.homeport.faults;
