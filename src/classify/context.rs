//! What surrounds a message and speaks for or against a request, beside its text.
//!
//! The model learns from texts alone. What a platform knows besides is weighed here, as factors on the odds that
//! nobody has to answer; they were chosen, not learnt.

use crate::domain::label::Label;

/// What surrounds a message.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Context {
    /// It replies to another member, or names one and nobody else.
    pub is_to_member: bool,
    /// It replies to an employee, or names one.
    pub is_to_employee: bool,
    /// It opens a forum post or a thread of its own: people do that to ask.
    pub opens_thread: bool,
}

/// A message to another member is so many times as likely to need no answer from the company.
const TO_MEMBER: f64 = 3.0;

/// A message to an employee, and one that opens a thread, is so many times as likely to need one.
const TO_EMPLOYEE: f64 = 1.5;
const OPENS_THREAD: f64 = 3.0;

impl Context {
    /// The probabilities of the labels with all that surrounds the message.
    #[must_use]
    pub fn weigh(self, shares: [f64; 4]) -> [f64; 4] {
        let mut odds = 1.0;
        if self.is_to_member && !self.is_to_employee {
            odds *= TO_MEMBER;
        }
        if self.is_to_employee {
            odds /= TO_EMPLOYEE;
        }
        if self.opens_thread {
            odds /= OPENS_THREAD;
        }
        let mut weighed = shares;
        weighed[Label::None.index()] *= odds;
        let sum: f64 = weighed.iter().sum();
        weighed.map(|share| share / sum)
    }

    /// The name of what counted most, as a reason to show.
    #[must_use]
    pub const fn reason(self) -> Option<&'static str> {
        if self.is_to_member && !self.is_to_employee {
            Some("to another member")
        } else if self.opens_thread {
            Some("opens a thread")
        } else if self.is_to_employee {
            Some("to an employee")
        } else {
            None
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_said_to_another_member_needs_an_answer_less() {
        let shares = [0.4, 0.1, 0.0, 0.5];
        let to_member = Context { is_to_member: true, ..Context::default() };
        let to_both = Context { is_to_employee: true, ..to_member };
        assert!((to_member.weigh(shares)[3] - 0.75).abs() < 1e-9);
        assert!(to_both.weigh(shares)[3] < shares[3]);
        assert!((Context::default().weigh(shares)[3] - shares[3]).abs() < 1e-12);
    }

    #[test]
    fn labels_keep_their_order_among_themselves() {
        let weighed = Context { opens_thread: true, ..Context::default() }.weigh([0.2, 0.1, 0.05, 0.65]);
        assert!(weighed[0] > weighed[1] && weighed[1] > weighed[2] && weighed[3] < 0.5);
        assert!((weighed.iter().sum::<f64>() - 1.0).abs() < 1e-12);
    }
}
