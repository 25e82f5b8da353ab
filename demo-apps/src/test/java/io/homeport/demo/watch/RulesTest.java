package io.homeport.demo.watch;

import static org.assertj.core.api.Assertions.assertThat;

import io.homeport.demo.wire.Frame;
import io.homeport.demo.wire.Frame.Kind;
import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;

/** Each rule broken once, on purpose: a checker that cannot fail is worth nothing. */
class RulesTest {
    private final Verdict verdict = new Verdict();
    private final Rules rules = new Rules(5, verdict);
    private long sequence;
    private final long[] requests = new long[5];

    @Test
    void shouldFindNothingWrongWithAGoodDinner() {
        for (int round = 0; round < 3; round++) {
            for (int seat = 0; seat < 5; seat++) {
                meal(seat, round + 1, 100 * (round * 5 + seat), 50);
            }
        }
        rules.settle();
        assertThat(verdict.violations()).isEmpty();
        assertThat(rules.meals()).isEqualTo(15);
        assertThat(rules.meals(3)).isEqualTo(3);
    }

    @Test
    void shouldTellADoubledFork() {
        grant(1, 1);
        grant(1, 0);
        assertThat(verdict.violations()).containsExactly("fork 1 doubled: given to seat 0 while seat 1 holds it");
    }

    @Test
    void shouldTellALostFork() {
        grant(2, 2);
        rules.settle();
        assertThat(verdict.violations()).containsExactly("fork 2 lost: seat 2 left with it");
    }

    @Test
    void shouldTellAForkGivenBackByAStranger() {
        grant(1, 0);
        release(1, 1);
        assertThat(verdict.violations()).singleElement().asString().contains("fork 1 given back by seat 1, held by 0");
    }

    @Test
    void shouldTellAForkOfAnotherPlace() {
        grant(3, 0);
        assertThat(verdict.violations()).singleElement().asString().contains("does not sit at it");
    }

    @Test
    void shouldTellAGapInTheLog() {
        sequence = 7;
        grant(0, 0);
        assertThat(verdict.violations()).containsExactly("the fork server's log jumps from 0 to 8");
    }

    @Test
    void shouldTellARequestAnsweredTwice() {
        grant(0, 0);
        rules.happened(Frame.of(Kind.RELEASED, 0, Frame.requestId(0, requests[0]), ++sequence));
        assertThat(verdict.violations()).containsExactly("request 1 of seat 0 answered twice");
    }

    @Test
    void shouldTellNeighboursThatEatAtTheSameTime() {
        long[] zero = {grant(0, 0), grant(1, 0)};
        eating(0, 1, 1000, zero);
        ate(0, 1, 2000);
        release(0, 0);
        release(1, 0);
        long[] one = {grant(1, 1), grant(2, 1)};
        eating(1, 1, 1999, one);
        ate(1, 1, 3000);
        assertThat(verdict.violations()).containsExactly("neighbours 1 and 0 ate at the same time");
    }

    @Test
    void shouldTellOverlappingMealsWhicheverStoryComesFirst() {
        eating(4, 1, 1500, 1, 2);
        ate(4, 1, 1600);
        eating(0, 1, 1000, 3, 4);
        ate(0, 1, 9000);
        assertThat(verdict.violations()).containsExactly("neighbours 0 and 4 ate at the same time");
    }

    @Test
    void shouldTellAMealOnAForkThatWasNeverGiven() {
        eating(0, 1, 1000, grant(0, 0), 99);
        ate(0, 1, 1100);
        release(0, 0);
        rules.settle();
        assertThat(verdict.violations()).anyMatch(text -> text.contains("rests on grant 99, which it never got"));
    }

    @Test
    void shouldTellTwoMealsOnOneGrant() {
        long left = grant(0, 0);
        long right = grant(1, 0);
        eating(0, 1, 1000, left, right);
        ate(0, 1, 1100);
        eating(0, 2, 1200, left, right);
        ate(0, 2, 1300);
        release(0, 0);
        release(1, 0);
        rules.settle();
        assertThat(verdict.violations()).anyMatch(text -> text.contains("used before"));
    }

    @Test
    void shouldTellASkippedMeal() {
        eating(0, 2, 1000, 1, 2);
        assertThat(verdict.violations()).containsExactly("seat 0 begins meal 2 after meal 0");
    }

    @Test
    void shouldTellAMealThatNeverEnds() {
        eating(0, 1, 1000, grant(0, 0), grant(1, 0));
        release(0, 0);
        release(1, 0);
        rules.settle();
        assertThat(verdict.violations()).containsExactly("seat 0 never ended its last meal");
    }

    @Test
    void shouldTellStarvationButNotWhileSomebodyIsOnTheRoad() {
        Hunger hunger = new Hunger(5, verdict, 0);
        hunger.look(rules, false, 10_000);
        hunger.look(rules, true, 60_000);
        hunger.look(rules, false, 69_000);
        assertThat(verdict.violations()).isEmpty();
        meal(0, 1, 0, 10);
        hunger.look(rules, false, 71_000);
        assertThat(verdict.violations()).hasSize(4).allMatch(text -> text.contains("has not eaten for 21000 ms"));
    }

    private void meal(int seat, int number, long beginMicros, long lengthMicros) {
        int right = (seat + 1) % 5;
        rules.happened(Frame.of(Kind.HUNGRY, seat, number, 0));
        long[] grants = {grant(seat, seat), grant(right, seat)};
        assertThat(rules.forksOf(seat)).isEqualTo(2);
        eating(seat, number, beginMicros, grants);
        assertThat(rules.phase(seat)).isEqualTo(Rules.Phase.EATING);
        ate(seat, number, beginMicros + lengthMicros);
        release(seat, seat);
        release(right, seat);
    }

    private long grant(int fork, int seat) {
        rules.happened(Frame.of(Kind.GRANTED, fork, Frame.requestId(seat, ++requests[seat]), ++sequence));
        return sequence;
    }

    private void release(int fork, int seat) {
        rules.happened(Frame.of(Kind.RELEASED, fork, Frame.requestId(seat, ++requests[seat]), ++sequence));
    }

    private void eating(int seat, int meal, long micros, long... grants) {
        byte[] rests = ByteBuffer.allocate(16).putLong(grants[0]).putLong(grants[1]).array();
        rules.happened(new Frame(Kind.EATING, seat, meal, micros, rests));
    }

    private void ate(int seat, int meal, long micros) {
        rules.happened(Frame.of(Kind.ATE, seat, meal, micros));
    }
}
