//! What a message is written in.

use crate::{
    pool::{Link, Links},
    recycling::Recycle,
    sync::{OnDrop, UnsafeCell, const_unless_loom},
};
use core::ptr::NonNull;

/// What a message is written in. The value belongs to who has the slot.
#[derive(Debug)]
#[repr(C)]
pub(crate) struct Element<T> {
    link: Link,
    value: UnsafeCell<Option<T>>,
}

impl<T> Element<T> {
    const_unless_loom! {
        pub(crate) fn new() -> Self {
            Self { link: Link::new(), value: UnsafeCell::new(None) }
        }
    }

    /// The links of all elements from `first` on.
    ///
    /// # Safety
    /// There are as many as the pool has slots that the links are used with, in a row, and they live for `'a`.
    #[inline(always)]
    pub(crate) unsafe fn links<'a>(first: NonNull<Self>) -> Links<'a> {
        // SAFETY: the caller's promise; an element begins with its link.
        unsafe { Links::new(first.cast(), size_of::<Self>()) }
    }

    /// The value, which is there.
    ///
    /// # Safety
    /// Nobody changes or drops it for `'a`.
    #[inline(always)]
    pub(crate) unsafe fn get<'a>(&self) -> &'a T {
        // SAFETY: the caller's promise.
        match self.value.with(|value| unsafe { &*value }) {
            Some(value) => value,
            None => unreachable!("a slot in hand has an element"),
        }
    }

    /// The value, which is there, to be changed.
    ///
    /// # Safety
    /// Nobody else reaches it for `'a`.
    #[inline(always)]
    pub(crate) unsafe fn get_mut<'a>(&self) -> &'a mut T {
        // SAFETY: the caller's promise.
        match self.value.with_mut(|value| unsafe { &mut *value }) {
            Some(value) => value,
            None => unreachable!("a slot in hand has an element"),
        }
    }

    /// Replaces the value.
    ///
    /// # Safety
    /// The caller has the slot.
    #[inline(always)]
    pub(crate) unsafe fn replace(&self, value: Option<T>) -> Option<T> {
        // SAFETY: the caller's promise.
        self.value.with_mut(|old| unsafe { core::mem::replace(&mut *old, value) })
    }

    /// Sees to it that there is a value as new. If the policy panics, calls `give_up`.
    ///
    /// # Safety
    /// The caller has the slot, for writing.
    #[inline(always)]
    pub(crate) unsafe fn furnish<R: Recycle<T>>(&self, policy: &R, give_up: impl FnMut()) {
        // SAFETY: the caller's promise.
        unsafe {
            if self.value.with(|value| (*value).is_none()) {
                self.make(policy, give_up);
            } else {
                let give_up = OnDrop(give_up);
                if policy.is_lazy() {
                    self.recycle_now(policy);
                }
                core::mem::forget(give_up);
            }
        }
    }

    /// # Safety
    /// As [`Self::furnish`].
    #[cold]
    unsafe fn make<R: Recycle<T>>(&self, policy: &R, give_up: impl FnMut()) {
        let give_up = OnDrop(give_up);
        let value = policy.new_element();
        core::mem::forget(give_up);
        // SAFETY: the caller's promise.
        unsafe { self.replace(Some(value)) };
    }

    /// Recycles the value when its slot is released, unless that is done when it is next written; if the policy panics, drops
    /// it.
    ///
    /// # Safety
    /// The caller has the slot.
    #[inline(always)]
    pub(crate) unsafe fn recycle<R: Recycle<T>>(&self, policy: &R) {
        if !policy.is_lazy() {
            // SAFETY: the caller's promise.
            unsafe { self.recycle_now(policy) };
        }
    }

    /// # Safety
    /// As [`Self::recycle`].
    #[inline(always)]
    unsafe fn recycle_now<R: Recycle<T>>(&self, policy: &R) {
        // SAFETY: the caller's promise.
        let spoilt = OnDrop(|| drop(unsafe { self.replace(None) }));
        self.value.with_mut(|value| {
            // SAFETY: as above.
            if let Some(value) = unsafe { &mut *value } {
                policy.recycle(value);
            }
        });
        core::mem::forget(spoilt);
    }
}
